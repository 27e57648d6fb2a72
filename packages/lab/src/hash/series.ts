import { OptionError } from "../errors.ts";
import { type HashResult, runHash } from "./experiment.ts";
import type { HashOptions } from "./options.ts";

/** Options of `runHashSeries`. */
export interface HashSeriesOptions extends Omit<HashOptions, "difficulty"> {
  /** bcrypt's costs, one after the other; 4 to 31 each, at least one. @default 8, 10, 11, 12 */
  readonly difficulties?: readonly number[];
}

/** What the series found. */
export interface HashSeriesResult {
  /** What each difficulty gave, in rising order. */
  readonly results: readonly HashResult[];
}

/**
 * Hashes and saves with one difficulty after the other, so that run time can be seen against the time of one iteration (S11).
 *
 * @throws as `runHash`.
 */
export async function runHashSeries(options: HashSeriesOptions = {}): Promise<HashSeriesResult> {
  const { difficulties = [8, 10, 11, 12], onProgress, ...rest } = options;
  if (difficulties.length === 0) throw new OptionError("expected at least one difficulty, got none");
  const results: HashResult[] = [];
  for (const difficulty of [...new Set(difficulties)].toSorted((a, b) => a - b)) {
    const labelled: HashOptions["onProgress"] = (progress) =>
      onProgress?.({ ...progress, strategy: `d${difficulty} ${progress.strategy}` });
    results.push(await runHash({ ...rest, difficulty, onProgress: labelled }));
  }
  return { results };
}
