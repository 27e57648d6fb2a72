import { OptionError } from "../errors.ts";
import { expectInteger } from "../expect-integer.ts";
import { resolveServerLimits, type ServerLimitOptions } from "../server-limits.ts";
import type { SurroundingOptions } from "../surroundings.ts";
import { crawlStrategies } from "./strategies.ts";
import type { CrawlStrategy } from "./strategy.ts";

/** Options of `runCrawlSweep`. */
export interface CrawlSweepOptions extends SurroundingOptions, ServerLimitOptions {
  /** How many downloads are in flight at most in each level; at least 1 each. @default 1, 2, 5, 10, 20, 50, 100, 200 */
  readonly levels?: readonly number[];
  /** Name of the strategy that is swept. @default "coroutines" */
  readonly strategy?: string;
  /** About how long a level takes, in milliseconds; at least 1. @default 1500 */
  readonly levelMs?: number;
  /** Runs of each level, in shuffled order; at least 1. @default 1 */
  readonly repeat?: number;
  /** Seed of the order of runs, and of the interval of the knee. @default 1 */
  readonly seed?: number;
}

/** Options with their defaults. */
export type ResolvedSweepOptions = Omit<CrawlSweepOptions, "strategy"> &
  Required<Pick<CrawlSweepOptions, "levels" | "levelMs" | "repeat" | "seed" | "delayMs">> & {
    readonly strategy: CrawlStrategy;
  };

/** @throws OptionError for a value outside its range. */
export function resolveSweepOptions(options: CrawlSweepOptions): ResolvedSweepOptions {
  const resolved = {
    levels: [1, 2, 5, 10, 20, 50, 100, 200],
    levelMs: 1_500,
    repeat: 1,
    seed: 1,
    ...options,
    ...resolveServerLimits(options),
    strategy: strategyNamed(options.strategy ?? "coroutines"),
  };
  for (const level of resolved.levels) expectInteger("levels", level, 1);
  if (resolved.levels.length === 0) throw new OptionError("expected at least one level, got none");
  for (const name of ["levelMs", "repeat"] as const) expectInteger(name, resolved[name], 1);
  return { ...resolved, levels: [...new Set(resolved.levels)].toSorted((a, b) => a - b) };
}

/** `serial` knows no concurrency, so it can't be swept. */
function strategyNamed(name: string): CrawlStrategy {
  const swept = crawlStrategies.filter(({ inFlight }) => inFlight(2) > 1);
  const found = swept.find((strategy) => strategy.name === name);
  if (found !== undefined) return found;
  const known = swept.map((strategy) => strategy.name).join(", ");
  throw new OptionError(`expected a strategy out of ${known} for the sweep, got ${JSON.stringify(name)}`);
}
