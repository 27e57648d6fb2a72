import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { conditionFlags } from "../condition-flags.ts";
import { MeasurementError } from "../errors.ts";
import type { Measured } from "./measured.ts";
import { type MemoryOptions, resolveMemoryOptions } from "./options.ts";
import type { MemorySubject } from "./subjects.ts";

/** What one of something takes. */
export interface MemoryRow {
  readonly name: string;
  readonly description: string;
  readonly stoppedBy: string;
  /** How many were made. */
  readonly count: number;
  /** Bytes of one. */
  readonly bytesEach: number;
  /** Time to start one and have it wait, in microseconds. */
  readonly startUsEach: number;
}

/** What the experiment found. */
export interface MemoryResult {
  readonly rows: readonly MemoryRow[];
}

/**
 * Measures how much memory takes what waits: a promise, a suspended coroutine, a thread (S16). Each is measured in a process of its
 * own after garbage collection.
 *
 * @throws OptionError; MeasurementError when such a process dies; `signal.reason`.
 */
export async function runMemory(options: MemoryOptions = {}): Promise<MemoryResult> {
  const { subjects, count, threads, signal, onProgress } = resolveMemoryOptions(options);
  const rows: MemoryRow[] = [];
  for (const [index, subject] of subjects.entries()) {
    signal?.throwIfAborted();
    onProgress?.({ strategy: subject.name, done: index, items: subjects.length });
    const many = subject.outsideHeap ? threads : count;
    const { bytes, startedMs } = await measure(subject, many, signal);
    const { name, description, stoppedBy } = subject;
    rows.push({
      name,
      description,
      stoppedBy,
      count: many,
      bytesEach: bytes / many,
      startUsEach: (startedMs * 1_000) / many,
    });
  }
  return { rows };
}

async function measure(
  { name }: MemorySubject,
  count: number,
  signal: AbortSignal | undefined,
): Promise<Measured> {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const child = fork(fileURLToPath(new URL(`./main.${ending}`, import.meta.url)), [name, String(count)], {
    execArgv: [...conditionFlags(process.execArgv), "--expose-gc"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const { promise, resolve, reject } = Promise.withResolvers<Measured>();
  child.once("message", (message) => resolve(message as Measured));
  child.once("error", reject);
  child.once("exit", (code, killedBy) => {
    reject(new MeasurementError(`the process that measures a ${name} ended early (${killedBy ?? code})`));
  });
  const stop = () => reject(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", stop);
    child.kill("SIGKILL");
  }
}
