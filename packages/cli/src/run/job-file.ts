import { statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Job } from "@overlap/pipeline";
import { JobFileError } from "../errors.ts";
import { explainLoadFailure } from "./load-failure.ts";

/**
 * Loads the job that is a file's default export: a job, or a function that makes one and leaves to `resources` what is to be closed
 * after the run.
 *
 * @throws JobFileError when there is no such file, it can't be loaded, or it exports no job.
 */
export async function loadJob(file: string, resources: AsyncDisposableStack): Promise<Job> {
  expectFile(file);
  const exported = await defaultExport(file);
  const found = typeof exported === "function" ? await callFactory(file, exported, resources) : exported;
  if (isJob(found)) return found;
  throw new JobFileError(`${file} ${whatIsWrong(found, typeof exported === "function")}`);
}

function expectFile(file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw new JobFileError(`there is no file ${file}`);
  if (stat.isDirectory()) throw new JobFileError(`${file} is a folder; name the job file in it`);
}

async function defaultExport(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(resolve(file)).href)) as { readonly default?: unknown };
    return module.default;
  } catch (error) {
    throw new JobFileError(`${file} can't be loaded: ${explainLoadFailure(error)}`, { cause: error });
  }
}

async function callFactory(
  file: string,
  factory: unknown,
  resources: AsyncDisposableStack,
): Promise<unknown> {
  try {
    return await (factory as (resources: AsyncDisposableStack) => unknown)(resources);
  } catch (error) {
    const message = `the function that ${file} exports failed: ${explainLoadFailure(error)}`;
    throw new JobFileError(message, { cause: error });
  }
}

/** By its looks, since the job may come from another copy of the package. */
function isJob(value: unknown): value is Job {
  const { run, stages } = (value ?? {}) as Partial<Job>;
  return typeof run === "function" && Array.isArray(stages);
}

function whatIsWrong(found: unknown, fromFunction: boolean): string {
  const { io, to } = (found ?? {}) as { readonly io?: unknown; readonly to?: unknown };
  if (typeof io === "function" && typeof to === "function")
    return "exports a pipeline that saves nothing: end it with .to(sink)";
  if (fromFunction)
    return `exports a function that gives ${kindOf(found)}, and no job: return pipeline(…).to(…)`;
  if (found === undefined) return "has no default export: write `export default pipeline(…).to(…)`";
  return `exports ${kindOf(found)} by default, and no job: write \`export default pipeline(…).to(…)\``;
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return `a ${typeof value}`;
  const { name = "Object" } = (value.constructor ?? {}) as { readonly name?: string };
  return `an object (${name})`;
}
