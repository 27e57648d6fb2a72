import { chooseStrategies } from "../choose-strategies.ts";
import { OptionError } from "../errors.ts";
import { expectInteger } from "../expect-integer.ts";
import type { SurroundingOptions } from "../surroundings.ts";
import { flagDesigns } from "./designs.ts";
import { type FlagsStrategy, flagsStrategies } from "./strategies.ts";

/** Options of `runFlags`. */
export interface FlagsOptions extends SurroundingOptions {
  /** Country codes whose flags are downloaded. @default every flag that the server can draw, 35 of them */
  readonly codes?: readonly string[];
  /** What the server takes for an answer, in milliseconds; at least 0. @default 100 */
  readonly delayMs?: number;
  /** Downloads in flight at most, where they overlap; at least 1. @default 20 */
  readonly concurrency?: number;
  /** Names of the strategies to run. @default all */
  readonly strategies?: readonly string[];
  /** Where the files are kept, in a folder for each strategy. @default a temporary folder, removed at the end */
  readonly folder?: string;
  /** Gets each code when its flag has come. @default none */
  readonly onFlag?: (code: string) => void;
}

/** Options with their defaults. */
export type ResolvedFlagsOptions = Omit<FlagsOptions, "strategies"> &
  Required<Pick<FlagsOptions, "codes" | "delayMs" | "concurrency">> & {
    readonly strategies: readonly FlagsStrategy[];
  };

/** @throws OptionError for a value outside its range, or a code whose flag the server cannot draw. */
export function resolveFlagsOptions(options: FlagsOptions): ResolvedFlagsOptions {
  const known = [...flagDesigns.keys()];
  const { codes = known, delayMs = 100, concurrency = 20, strategies, ...rest } = options;
  const unknown = codes.find((code) => !known.includes(code));
  if (unknown !== undefined || codes.length === 0) {
    const got = unknown === undefined ? "none" : JSON.stringify(unknown);
    throw new OptionError(`expected country codes out of ${known.join(", ")}, got ${got}`);
  }
  expectInteger("delayMs", delayMs, 0);
  expectInteger("concurrency", concurrency, 1);
  return {
    ...rest,
    codes: [...new Set(codes)],
    delayMs,
    concurrency,
    strategies: chooseStrategies(flagsStrategies, strategies),
  };
}
