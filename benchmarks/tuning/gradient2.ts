import type { Contender } from "../../packages/policy/test/simulation/simulate.ts";

/** Milliseconds of one window of samples, and samples that it needs. */
const window = { ms: 1_000, samples: 10 };
const queueSize = 4;
const smoothing = 0.2;
const tolerance = 1.5;
/** Windows of the long average, and those of its plain beginning. */
const [longWindow, warmUp] = [600, 10];

/**
 * Gradient2 with a windowed sample, by the formulas of Netflix's concurrency-limits, with its defaults except that it begins at 4 and may
 * have from 1 to 1,000 in flight like the others here:
 *
 *     gradient = max(0.5, min(1, tolerance · long RTT / short RTT))
 *     limit = 0.8 · limit + 0.2 · (gradient · limit + 4)
 */
export class Gradient2 implements Contender {
  readonly epoch = 0;
  #estimate = 4;
  #longMs = 0;
  #windows = 0;
  #nextMs = 0;
  #sumMs = 0;
  #samples = 0;
  #mostInFlight = 0;

  get limit(): number {
    return Math.floor(this.#estimate);
  }

  waitMs(): number {
    return 0;
  }

  started(): void {}

  ended(
    startMs: number,
    endMs: number,
    nowMs: number,
    _epoch: number,
    _rejected: boolean,
    inFlight: number,
  ): void {
    this.#sumMs += endMs - startMs;
    this.#samples++;
    this.#mostInFlight = Math.max(this.#mostInFlight, inFlight);
    if (nowMs <= this.#nextMs) return;
    this.#nextMs = nowMs + window.ms;
    if (this.#samples >= window.samples) this.#update(this.#sumMs / this.#samples);
    this.#sumMs = 0;
    this.#samples = 0;
    this.#mostInFlight = 0;
  }

  #update(shortMs: number): void {
    const weight = Math.max(2 / (longWindow + 1), this.#windows < warmUp ? 1 / (this.#windows + 1) : 0);
    this.#windows++;
    this.#longMs += weight * (shortMs - this.#longMs);
    const longMs = this.#longMs;
    if (longMs / shortMs > 2) this.#longMs *= 0.95;
    if (this.#mostInFlight < this.#estimate / 2) return;
    const gradient = Math.max(0.5, Math.min(1, (tolerance * longMs) / shortMs));
    const next = this.#estimate * gradient + queueSize;
    this.#estimate = Math.max(1, Math.min(1_000, (1 - smoothing) * this.#estimate + smoothing * next));
  }
}
