import { availableParallelism } from "node:os";
import { expectInteger } from "../expect-integer.ts";
import type { ItemsPlan } from "../items-plan.ts";
import type { LabProgress } from "../run-strategy.ts";

/** Options of `runHash`. */
export interface HashOptions {
  /** Items of each strategy. @default 120, and 40 for `serial` */
  readonly plan?: ItemsPlan;
  /** bcrypt's cost, 4 to 31; each step doubles the time of a hash. @default 8 */
  readonly difficulty?: number;
  /** Names of the strategies to run. @default all */
  readonly strategies?: readonly string[];
  /** Saves in flight at most; at least 1. @default 100 */
  readonly concurrency?: number;
  /** Items per batch, for `batch`; at least 1. @default 100 */
  readonly batchSize?: number;
  /** What the database takes for an answer, in milliseconds; at least 0. @default 100 */
  readonly delayMs?: number;
  /** Threads that hash, for `overlap`; at least 1. @default the number of cores */
  readonly threads?: number;
  /** Runs of each strategy, interleaved; at least 1. @default 1 */
  readonly repeat?: number;
  /** Seed of the texts and of the order of runs. @default 1 */
  readonly seed?: number;
  /** Address of a database that runs already. @default one of its own, in a process that ends with the experiment */
  readonly address?: string;
  /** Ends the experiment; `runHash` then rejects with `signal.reason`. @default none */
  readonly signal?: AbortSignal;
  /** Called after each item. @default none */
  readonly onProgress?: (progress: LabProgress) => void;
}

/** Options with their defaults. */
export type ResolvedHashOptions = Required<
  Omit<HashOptions, "strategies" | "address" | "signal" | "onProgress">
> &
  Pick<HashOptions, "strategies" | "address" | "signal" | "onProgress">;

/** @throws OptionError for a value outside its range. */
export function resolveHashOptions(options: HashOptions): ResolvedHashOptions {
  const resolved = {
    plan: { items: 120, exceptions: { serial: 40 } },
    difficulty: 8,
    concurrency: 100,
    batchSize: 100,
    delayMs: 100,
    threads: availableParallelism(),
    repeat: 1,
    seed: 1,
    ...options,
  };
  expectInteger("difficulty", resolved.difficulty, 4, 31);
  for (const name of ["concurrency", "batchSize", "threads", "repeat"] as const) {
    expectInteger(name, resolved[name], 1);
  }
  expectInteger("delayMs", resolved.delayMs, 0);
  return resolved;
}
