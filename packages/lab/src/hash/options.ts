import { availableParallelism } from "node:os";
import { expectInteger } from "../expect-integer.ts";
import type { ItemsPlan } from "../items-plan.ts";
import { resolveServerLimits, type ServerLimitOptions } from "../server-limits.ts";
import type { SurroundingOptions } from "../surroundings.ts";

/** Options of `runHash`. */
export interface HashOptions extends SurroundingOptions, ServerLimitOptions {
  /** Items of each strategy. @default 120; 40 for `serial` and `threads-only` */
  readonly plan?: ItemsPlan;
  /** bcrypt's cost, 4 to 31; each step doubles the time of a hash. @default 8 */
  readonly difficulty?: number;
  /** Names of the strategies to run. @default all */
  readonly strategies?: readonly string[];
  /** Saves in flight at most; at least 1. @default 100 */
  readonly concurrency?: number;
  /** Items per batch, for `batch`; at least 1. @default 100 */
  readonly batchSize?: number;
  /** Threads that hash, for `overlap` and `threads-only`; at least 1. @default the number of cores */
  readonly threads?: number;
  /** Runs of each strategy, interleaved, after one that does not count; at least 1. @default 1, and nothing before it */
  readonly repeat?: number;
  /** Seed of the texts and of the order of runs. @default 1 */
  readonly seed?: number;
}

/** Options with their defaults. */
export type ResolvedHashOptions = HashOptions &
  Required<
    Pick<
      HashOptions,
      "plan" | "difficulty" | "concurrency" | "batchSize" | "delayMs" | "threads" | "repeat" | "seed"
    >
  >;

/** @throws OptionError for a value outside its range. */
export function resolveHashOptions(options: HashOptions): ResolvedHashOptions {
  const resolved = {
    plan: { items: 120, exceptions: { serial: 40, "threads-only": 40 } },
    difficulty: 8,
    concurrency: 100,
    batchSize: 100,
    threads: availableParallelism(),
    repeat: 1,
    seed: 1,
    ...options,
    ...resolveServerLimits(options),
  };
  expectInteger("difficulty", resolved.difficulty, 4, 31);
  for (const name of ["concurrency", "batchSize", "threads", "repeat"] as const) {
    expectInteger(name, resolved[name], 1);
  }
  return resolved;
}
