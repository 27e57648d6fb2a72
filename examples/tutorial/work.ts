/** What every step of the tutorial works with: texts to hash, a slow database to save them in, and a stopwatch. */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Session } from "@overlap/http";
import { type DatabaseOptions, spawnDatabase } from "@overlap/lab";
import { describeRun, formatMs } from "@overlap/report";
import { RunRecorder, toNdjson } from "@overlap/trace";
import { hashText } from "../threads/hash-text.ts";

const { values } = parseArgs({
  options: { items: { type: "string", default: "60" }, trace: { type: "string" } },
});

/** What is to be hashed and saved. `--items N` makes it more. */
export const texts: readonly string[] = Array.from({ length: Number(values.items) }, (_, i) => `text ${i}`);

/** How long the database takes for an answer. It takes many requests at once. */
export const delayMs = 100;

/** Hashes on this thread. */
export function hash(text: string): string {
  const startMs = recorder.now();
  const hashed = hashText(text).hash;
  recorder.span("hash", "cpu", text, startMs, recorder.now());
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
  /** The program records its saves itself. */
  readonly recordsSaves?: boolean;
}

let recorder = new RunRecorder();

/**
 * Runs a program against a database of its own; prints what an item took, what is saved in the end, and what limited it.
 * `--trace FILE` keeps what happened, and `overlap report FILE` draws it.
 */
export async function measure(
  name: string,
  program: (save: Save, recorder: RunRecorder) => Promise<unknown>,
  { limit, threads = 0, recordsSaves = false, ...options }: StepOptions,
): Promise<void> {
  await using database = await spawnDatabase({ delayMs, ...options });
  recorder = new RunRecorder();
  await using session = new Session({ limit: 100, ...(!recordsSaves && { trace: recorder }) });
  await program(async (text, hashed) => {
    const answer = await session.post(`${database.address}/add?name=${encodeURIComponent(text)}`, {
      body: hashed,
    });
    if (!answer.ok) throw new Error(`the database answered ${answer.status}`);
  }, recorder);
  const times = recorder.stop();
  const { count } = (await (await fetch(`${database.address}/count`)).json()) as { readonly count: number };
  const record = { name, times, items: texts.length, limit, threads, delayMs, cores: availableParallelism() };
  const { trace } = recorder;
  console.log(`${name}: ${formatMs(times.wallMs / texts.length)} an item, ${count} of ${texts.length} saved`);
  console.log(describeRun({ record, trace }).diagnosis.headline);
  if (values.trace !== undefined) writeFileSync(values.trace, [...toNdjson(trace, record)].join(""));
}
