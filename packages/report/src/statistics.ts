import { ReportArgumentError } from "./errors.ts";

/**
 * The value below which `percent` of 100 of the values lie, interpolated between neighbours: definition 7 of Hyndman
 * and Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996), as in R and NumPy.
 *
 * @param values in any order; not changed
 * @param percent from 0 (the least) to 100 (the greatest)
 * @throws {@link ReportArgumentError} for no values, or a percent out of range
 */
export function percentile(values: readonly number[], percent: number): number {
  if (!(percent >= 0 && percent <= 100)) {
    throw new ReportArgumentError("a number from 0 to 100", "percent", percent);
  }
  const sorted = ascending(values);
  const rank = ((sorted.length - 1) * percent) / 100;
  const below = valueAt(sorted, Math.floor(rank));
  return below + (valueAt(sorted, Math.ceil(rank)) - below) * (rank % 1);
}

/**
 * The value in the middle, or the mean of the two in the middle.
 *
 * @param values in any order; not changed
 * @throws {@link ReportArgumentError} for no values
 */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** An interval that holds the true median with at least the confidence asked for. */
export interface MedianInterval {
  readonly low: number;
  readonly high: number;
  /** The confidence that this interval really has, from 0 to 1: intervals from ranks come in steps. */
  readonly confidence: number;
}

/**
 * A confidence interval for the median from order statistics, for values of any distribution: the k-th least and the
 * k-th greatest value with the greatest k whose coverage, 1 − 2·P(Binomial(n, ½) < k), is at least `confidence`. See
 * David and Nagaraja, "Order Statistics", 3rd edition (2003), §7.1.
 *
 * @param values in any order; not changed
 * @param confidence above 0 and below 1; 0.95 when left out
 * @returns `undefined` when there are too few values: 0.95 needs six
 * @throws {@link ReportArgumentError} for a confidence out of range
 *
 * @example
 * ```ts
 * medianInterval([9.1, 9.4, 9.0, 9.9, 9.2, 9.3]); // { low: 9.0, high: 9.9, confidence: 0.96875 }
 * ```
 */
export function medianInterval(values: readonly number[], confidence = 0.95): MedianInterval | undefined {
  if (!(confidence > 0 && confidence < 1)) {
    throw new ReportArgumentError("a number above 0 and below 1", "confidence", confidence);
  }
  const rank = symmetricRank(values.length, confidence);
  if (rank === undefined) return undefined;
  const sorted = ascending(values);
  return {
    low: valueAt(sorted, rank.rank - 1),
    high: valueAt(sorted, sorted.length - rank.rank),
    confidence: rank.coverage,
  };
}

/** The greatest k with 1 − 2·P(Binomial(n, ½) < k) ≥ confidence; logarithms, because 2⁻ⁿ is soon too small to write. */
function symmetricRank(n: number, confidence: number): { rank: number; coverage: number } | undefined {
  let found: { rank: number; coverage: number } | undefined;
  let logProbability = -n * Math.LN2;
  let below = Math.exp(logProbability);
  for (let rank = 1; rank <= n / 2 && 1 - 2 * below >= confidence; rank++) {
    found = { rank, coverage: 1 - 2 * below };
    logProbability += Math.log((n - rank + 1) / rank);
    below += Math.exp(logProbability);
  }
  return found;
}

function ascending(values: readonly number[]): Float64Array {
  if (values.length === 0) throw new ReportArgumentError("at least one value", "values", "none");
  return Float64Array.from(values).sort();
}

function valueAt(sorted: Float64Array, index: number): number {
  // Ranks lie within the array, which is not empty.
  return sorted[index] as number;
}
