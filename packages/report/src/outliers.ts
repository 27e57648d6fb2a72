import { median } from "./statistics.ts";

/** Makes the median absolute deviation of normally distributed values their standard deviation. */
const NORMAL = 1.4826;
const FAR_OUT = 10;

/**
 * Marks the values that stand apart from the rest: further from the median than 10 × 1.4826 × MAD, the median absolute
 * deviation from it. They are to be looked into, never to be left out. Leys et al., "Detecting outliers: Do not use
 * standard deviation around the mean, use absolute deviation around the median", Journal of Experimental Social Psychology
 * 49 (2013), with a wider threshold, because times of runs have a long tail.
 *
 * When more than half of the values are the same, every other one is marked.
 *
 * @param values in any order; not changed
 * @returns a mark a value, in the order of the values
 *
 * @example
 * ```ts
 * outliers([1, 3, 3, 6, 8, 10, 10, 1000]); // only the last is true
 * ```
 */
export function outliers(values: readonly number[]): boolean[] {
  if (values.length === 0) return [];
  const middle = median(values);
  const deviations = values.map((value) => Math.abs(value - middle));
  const widest = FAR_OUT * NORMAL * median(deviations);
  return deviations.map((deviation) => deviation > widest);
}
