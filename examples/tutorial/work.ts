/** What every step of the tutorial works with: texts to hash, a slow database to save them in, and a stopwatch. */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { Session } from "@overlap/http";
import { type DatabaseOptions, spawnDatabase } from "@overlap/lab";
import { diagnose, formatMs, meanInFlight, type RunFigures } from "@overlap/report";
import { Trace, toNdjson } from "@overlap/trace";
import { hashText } from "../threads/hash-text.ts";

const { values } = parseArgs({
  options: { items: { type: "string", default: "60" }, trace: { type: "string" } },
});

/** What is to be hashed and saved. `--items N` makes it longer. */
export const texts: readonly string[] = Array.from({ length: Number(values.items) }, (_, i) => `text ${i}`);

/** How long the database takes for an answer. It takes many requests at once. */
export const delayMs = 100;

/** Records what happens when; `--trace FILE` keeps it, and `overlap report FILE` draws it. */
export const trace = new Trace();

/** Hashes on this thread. */
export function hash(text: string): string {
  const startMs = trace.now();
  const hashed = hashText(text).hash;
  trace.span("hash", "cpu", text, startMs, trace.now());
  return hashed;
}

/** Saves a hash, and is done when the database has it on its disk. */
export type Save = (text: string, hashed: string) => Promise<void>;

/** What is particular to a step. */
export interface StepOptions extends DatabaseOptions {
  /** Saves in flight at most. */
  readonly limit: number;
  /** Threads that hash beside the main one. */
  readonly threads?: number;
}

/** Runs a program against a database of its own; prints what an item took, what is saved in the end, and what limited it. */
export async function measure(
  name: string,
  program: (save: Save) => Promise<unknown>,
  { limit, threads = 0, ...options }: StepOptions,
): Promise<void> {
  await using database = await spawnDatabase({ delayMs, ...options });
  await using session = new Session({ limit: 100 });
  const save: Save = async (text, hashed) => {
    const startMs = trace.now();
    const answer = await session.post(`${database.address}/add?name=${encodeURIComponent(text)}`, {
      body: hashed,
    });
    trace.span("save", "io", text, startMs, trace.now(), answer.ok);
    if (!answer.ok) throw new Error(`the database answered ${answer.status}`);
  };
  const elapsed = stopwatch();
  await program(save);
  const used = elapsed();
  const stats = (await (await session.get(`${database.address}/stats`)).json()) as { readonly rows: number };
  console.log(
    `${name}: ${formatMs(used.wallMs / texts.length)} an item, ${stats.rows} of ${texts.length} saved`,
  );
  const saves = [...trace.spans()].filter(({ kind }) => kind === "io");
  const run = { ...used, meanInFlight: meanInFlight(saves, used.wallMs), items: texts.length };
  console.log(diagnose({ ...run, cores: availableParallelism(), limit, threads, delayMs }).headline);
  if (values.trace !== undefined) writeFileSync(values.trace, [...toNdjson(trace)].join(""));
}

function stopwatch(): () => Pick<RunFigures, "wallMs" | "mainCpuMs" | "processCpuMs" | "activeMs"> {
  const startMs = performance.now();
  const main = process.threadCpuUsage();
  const all = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  return () => ({
    wallMs: performance.now() - startMs,
    mainCpuMs: totalMs(process.threadCpuUsage(main)),
    processCpuMs: totalMs(process.cpuUsage(all)),
    activeMs: performance.eventLoopUtilization(loop).active,
  });
}

function totalMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}
