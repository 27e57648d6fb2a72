import type { Contender } from "../../packages/policy/test/simulation/simulate.ts";

const alpha = 0.4;
const decrease = 0.9;
const deviations = 2.5;

/**
 * Adaptive request concurrency, by the formulas of Vector's controller with its defaults, except that it begins at 4 and may have up to
 * 1,000 in flight like the others here. Once per average round trip: one more when the round trips are not longer than before and the limit
 * was reached, a tenth less after a refusal or when they are longer than the average by 2.5 standard deviations.
 */
export class AdaptiveRequestConcurrency implements Contender {
  readonly epoch = 0;
  limit = 4;
  #known = false;
  #meanMs = 0;
  #variance = 0;
  #nextMs = 0;
  #sumMs = 0;
  #samples = 0;
  #refused = false;
  #reachedLimit = false;
  #inFlight = 0;

  waitMs(): number {
    return 0;
  }

  started(): void {
    if (++this.#inFlight >= this.limit) this.#reachedLimit = true;
  }

  ended(startMs: number, endMs: number, nowMs: number, _epoch: number, rejected: boolean): void {
    this.#inFlight--;
    if (rejected) this.#refused = true;
    else {
      this.#sumMs += endMs - startMs;
      this.#samples++;
    }
    const currentMs = this.#samples > 0 ? this.#sumMs / this.#samples : null;
    if (!this.#known) {
      if (currentMs === null) return;
      this.#known = true;
      this.#meanMs = currentMs;
      this.#nextMs = nowMs + currentMs;
    } else if (nowMs >= this.#nextMs) this.#update(currentMs, nowMs);
  }

  #update(currentMs: number | null, nowMs: number): void {
    this.#adjust(currentMs);
    if (currentMs !== null) {
      const off = currentMs - this.#meanMs;
      this.#meanMs += alpha * off;
      this.#variance = (1 - alpha) * (this.#variance + alpha * off * off);
    }
    this.#nextMs = nowMs + this.#meanMs;
    this.#sumMs = 0;
    this.#samples = 0;
    this.#refused = false;
    this.#reachedLimit = false;
  }

  #adjust(currentMs: number | null): void {
    const mayGrow = this.limit < 1_000 && this.#reachedLimit && !this.#refused;
    if (mayGrow && currentMs !== null && currentMs <= this.#meanMs) {
      this.limit++;
      return;
    }
    const threshold = this.#meanMs + deviations * Math.sqrt(this.#variance);
    if (this.limit > 1 && (this.#refused || (currentMs ?? 0) >= threshold)) {
      this.limit = Math.max(1, Math.floor(this.limit * decrease));
    }
  }
}
