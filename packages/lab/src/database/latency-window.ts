/** Percentiles over the answers in the window, in milliseconds; null before the first answer. */
export interface LatencyPercentiles {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** How many of the latest answers the percentiles are taken from. */
export const latencyWindowSize = 10_000;

/** The latencies of the last {@link latencyWindowSize} answers. */
export class LatencyWindow {
  readonly #latestMs = new Float64Array(latencyWindowSize);
  #recorded = 0;

  /** Adds one, in place of the oldest when the window is full. */
  record(latencyMs: number): void {
    this.#latestMs[this.#recorded % latencyWindowSize] = latencyMs;
    this.#recorded += 1;
  }

  /** By nearest rank: the smallest latency that at least p percent of the answers don't exceed. */
  percentiles(): LatencyPercentiles {
    const sorted = this.#latestMs.slice(0, Math.min(this.#recorded, latencyWindowSize)).sort();
    const at = (percent: number) =>
      round(sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)]);
    return { p50: at(50), p90: at(90), p99: at(99), max: at(100) };
  }
}

function round(latencyMs: number | undefined): number | null {
  return latencyMs === undefined ? null : Math.round(latencyMs * 1_000) / 1_000;
}
