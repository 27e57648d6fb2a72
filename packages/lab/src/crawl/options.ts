import { expectInteger } from "../expect-integer.ts";
import type { ItemsPlan } from "../items-plan.ts";
import type { LabProgress } from "../run-strategy.ts";

/** Options of `runCrawl`. */
export interface CrawlOptions {
  /** Downloads of each strategy. @default 1000, and 20 for `serial` */
  readonly plan?: ItemsPlan;
  /** Names of the strategies to run. @default all */
  readonly strategies?: readonly string[];
  /** Downloads in flight at most; at least 1. @default 100 */
  readonly concurrency?: number;
  /** What the server takes for an answer, in milliseconds; at least 0. @default 100 */
  readonly delayMs?: number;
  /** Runs of each strategy, interleaved; at least 1. @default 1 */
  readonly repeat?: number;
  /** Seed of the order of runs. @default 1 */
  readonly seed?: number;
  /** Address of a database that runs already. @default one of its own, in a process that ends with the experiment */
  readonly address?: string;
  /** Ends the experiment; `runCrawl` then rejects with `signal.reason`. @default none */
  readonly signal?: AbortSignal;
  /** Called after each download. @default none */
  readonly onProgress?: (progress: LabProgress) => void;
}

/** Options with their defaults. */
export type ResolvedCrawlOptions = Required<
  Omit<CrawlOptions, "strategies" | "address" | "signal" | "onProgress">
> &
  Pick<CrawlOptions, "strategies" | "address" | "signal" | "onProgress">;

/** @throws OptionError for a value outside its range. */
export function resolveCrawlOptions(options: CrawlOptions): ResolvedCrawlOptions {
  const resolved = {
    plan: { items: 1_000, exceptions: { serial: 20 } },
    concurrency: 100,
    delayMs: 100,
    repeat: 1,
    seed: 1,
    ...options,
  };
  for (const name of ["concurrency", "repeat"] as const) expectInteger(name, resolved[name], 1);
  expectInteger("delayMs", resolved.delayMs, 0);
  return resolved;
}
