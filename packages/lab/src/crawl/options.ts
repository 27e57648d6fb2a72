import { expectInteger } from "../expect-integer.ts";
import type { ItemsPlan } from "../items-plan.ts";
import { resolveServerLimits, type ServerLimitOptions } from "../server-limits.ts";
import type { SurroundingOptions } from "../surroundings.ts";

/** Options of `runCrawl`. */
export interface CrawlOptions extends SurroundingOptions, ServerLimitOptions {
  /** Downloads of each strategy. @default 1000; 20 for `serial`, 200 for `threads` */
  readonly plan?: ItemsPlan;
  /** Names of the strategies to run. @default all */
  readonly strategies?: readonly string[];
  /** Downloads in flight at most; at least 1. @default 100 */
  readonly concurrency?: number;
  /** Runs of each strategy, interleaved, after one that does not count; at least 1. @default 1, and nothing before it */
  readonly repeat?: number;
  /** Seed of the order of runs. @default 1 */
  readonly seed?: number;
}

/** Options with their defaults. */
export type ResolvedCrawlOptions = CrawlOptions &
  Required<Pick<CrawlOptions, "plan" | "concurrency" | "delayMs" | "repeat" | "seed">>;

/** @throws OptionError for a value outside its range. */
export function resolveCrawlOptions(options: CrawlOptions): ResolvedCrawlOptions {
  const resolved = {
    plan: { items: 1_000, exceptions: { serial: 20, threads: 200 } },
    concurrency: 100,
    repeat: 1,
    seed: 1,
    ...options,
    ...resolveServerLimits(options),
  };
  for (const name of ["concurrency", "repeat"] as const) expectInteger(name, resolved[name], 1);
  return resolved;
}
