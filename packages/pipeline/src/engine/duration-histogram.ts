/** Steps per doubling: a step is 9 %, so a percentile is right within 5 %. */
const stepsPerOctave = 8;
const smallestMs = 0.001;
const buckets = 256;

/**
 * Durations by how often they came, in logarithmic steps from a microsecond to an hour (as in HdrHistogram): percentiles of
 * any number of items in 1 KiB.
 */
export class DurationHistogram {
  readonly #counts = new Uint32Array(buckets);
  #total = 0;

  add(durationMs: number): void {
    const step = Math.log2(durationMs / smallestMs + 1) * stepsPerOctave;
    const bucket = step < buckets ? step | 0 : buckets - 1;
    (this.#counts[bucket] as number)++; // step is at least 0: a clock does not go back
    this.#total++;
  }

  /** The duration that `share` (0 to 1) of all did not exceed, in milliseconds; 0 when there is none. */
  percentileMs(share: number): number {
    let left = this.#total * share;
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0 && count > 0) return (2 ** ((bucket + 0.5) / stepsPerOctave) - 1) * smallestMs;
    }
    return 0;
  }
}
