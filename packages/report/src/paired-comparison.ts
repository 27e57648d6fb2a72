import { ReportArgumentError } from "./errors.ts";
import { type MedianInterval, median, medianInterval } from "./statistics.ts";

/** How two ways compare that were run side by side, block by block. */
export interface PairedComparison {
  /** The median over the blocks of first / second: 0.8 means that the first took 0.8 times as long. */
  readonly ratio: number;
  /** An interval of that ratio; left out with fewer than six blocks, which can't give 95 %. */
  readonly interval?: MedianInterval;
  /** Which one has the smaller values, if the interval says so. */
  readonly verdict: "first" | "second" | "no clear difference" | "too few blocks";
}

/**
 * Compares two ways by the logarithm of their ratio within each block of runs, so that a machine that gets slower from block
 * to block slows both: the median of these, with its interval from order statistics ({@link medianInterval}), taken back to
 * a ratio. An interval that contains 1 is "no clear difference". Georges, Buytaert and Eeckhout, "Statistically Rigorous Java
 * Performance Evaluation", OOPSLA 2007, on why intervals and not means; on blocks, Montgomery, "Design and
 * Analysis of Experiments", 9th edition (2017), chapter 4.
 *
 * @param first a value above 0 a block
 * @param second the other way's value in the same block
 * @throws {@link ReportArgumentError} for lists of different length, none at all, or a value that is not above 0
 *
 * @example
 * ```ts
 * comparePaired([1.0, 1.1, 1.0, 1.2, 1.1, 1.0], [2.0, 2.1, 2.2, 2.3, 2.1, 2.1]).verdict; // "first"
 * ```
 */
export function comparePaired(first: readonly number[], second: readonly number[]): PairedComparison {
  if (first.length !== second.length) {
    throw new ReportArgumentError(`as many values as in first (${first.length})`, "second", second.length);
  }
  for (const value of [...first, ...second]) {
    if (!(value > 0)) throw new ReportArgumentError("values above 0", "first and second", value);
  }
  const logs = first.map((value, block) => Math.log(value / (second[block] ?? value)));
  const ratio = Math.exp(median(logs));
  const ofLogs = medianInterval(logs);
  if (ofLogs === undefined) return { ratio, verdict: "too few blocks" };
  const interval = { ...ofLogs, low: Math.exp(ofLogs.low), high: Math.exp(ofLogs.high) };
  return { ratio, interval, verdict: verdictOf(interval) };
}

function verdictOf({ low, high }: MedianInterval): PairedComparison["verdict"] {
  if (high < 1) return "first";
  return low > 1 ? "second" : "no clear difference";
}
