import { inspect } from "node:util";
import { exitCodes } from "../exit-codes.ts";
import { isUsageError } from "../failure.ts";
import { ownFrames } from "./load-failure.ts";

/** What the job's errors look like, from whatever copy of the package they come. */
interface JobError extends Error {
  readonly code?: unknown;
  readonly stage?: string;
  readonly item?: unknown;
  readonly attempts?: number;
}

/** Why a run ended: for a person, and as an exit code. */
export function explainRunFailure(error: unknown): { readonly message: string; readonly code: number } {
  const frames = error instanceof Error ? ownFrames(rootCause(error)) : "";
  return {
    message: [`overlap: ${describe(error)}`, frames].filter((part) => part !== "").join("\n"),
    code: isUsageError(error) ? exitCodes.usage : exitCodes.failed,
  };
}

/** The same as data. */
export function failureJson(error: unknown): object {
  const { name, code, stage } = (error instanceof Error ? error : {}) as JobError;
  return {
    message: describe(error),
    ...(name !== undefined && { name }),
    ...(typeof code === "string" && { code }),
    ...(stage !== undefined && { stage }),
  };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `the job failed with ${inspect(error)}`;
  const { stage, item, attempts = 1, cause, message } = error as JobError;
  if (stage === undefined) return message;
  const tries = attempts > 1 ? ` after ${attempts} attempts` : "";
  return `stage "${stage}" failed for ${shorten(item)}${tries}: ${cause instanceof Error ? cause.message : String(cause)}`;
}

function shorten(item: unknown): string {
  const text = inspect(item, {
    depth: 2,
    maxArrayLength: 3,
    maxStringLength: 100,
    breakLength: Number.POSITIVE_INFINITY,
  });
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

function rootCause(error: Error): Error {
  return error.cause instanceof Error ? rootCause(error.cause) : error;
}
