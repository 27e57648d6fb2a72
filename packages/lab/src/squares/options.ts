import { chooseStrategies } from "../choose-strategies.ts";
import { expectInteger } from "../expect-integer.ts";
import type { SurroundingOptions } from "../surroundings.ts";
import { type SquaresStrategy, squaresStrategies } from "./strategies.ts";

/** Options of `runSquares`. */
export interface SquaresOptions extends SurroundingOptions {
  /** Calls of each strategy, at least 1. @default 10 */
  readonly calls?: number;
  /** What one call takes, in milliseconds; at least 0. @default 300 */
  readonly delayMs?: number;
  /** Names of the strategies to run. @default all */
  readonly strategies?: readonly string[];
  /** Gets a line for each call, as `clocked` writes it (S13). @default calls are not clocked */
  readonly onCall?: (line: string) => void;
}

/** Options with their defaults. */
export type ResolvedSquaresOptions = Omit<SquaresOptions, "strategies"> & {
  readonly calls: number;
  readonly delayMs: number;
  readonly strategies: readonly SquaresStrategy[];
};

/** @throws OptionError for a value outside its range. */
export function resolveSquaresOptions(options: SquaresOptions): ResolvedSquaresOptions {
  const { calls = 10, delayMs = 300, strategies, ...rest } = options;
  expectInteger("calls", calls, 1);
  expectInteger("delayMs", delayMs, 0);
  return { ...rest, calls, delayMs, strategies: chooseStrategies(squaresStrategies, strategies) };
}
