import { expectAtLeast, expectPositive } from "./errors.ts";

/** How often something may happen. */
export interface RateOptions {
  /** How often per second, in the long run. Above 0. @default none; must be given */
  readonly perSecond: number;
  /** How often at once after a pause. At least 1. @default 1, which spaces evenly */
  readonly burst?: number;
}

/**
 * A token bucket without a clock of its own: `burst` tokens, refilled at `perSecond`. Kept as one number, the time at
 * which the bucket would be full again (the generic cell rate algorithm, ITU-T I.371).
 *
 * @example
 * const bucket = new TokenBucket({ perSecond: 10 });
 * const waitMs = bucket.waitMs(loop.now());
 * if (waitMs === 0) bucket.take(loop.now());
 */
export class TokenBucket {
  readonly #spacingMs: number;
  readonly #slackMs: number;
  #fullAtMs = Number.NEGATIVE_INFINITY;

  /** @throws PolicyArgumentError for an option outside its range. */
  constructor({ perSecond, burst = 1 }: RateOptions) {
    this.#spacingMs = 1_000 / expectPositive("perSecond", perSecond);
    this.#slackMs = (expectAtLeast(1, "burst", burst) - 1) * this.#spacingMs;
  }

  /** Milliseconds until a token is there; 0 when one is. */
  waitMs(nowMs: number): number {
    // Times are sums of fractions, so a wait of a rounding error is none.
    const waitMs = this.#fullAtMs - this.#slackMs - nowMs;
    return waitMs > roundingErrorMs ? waitMs : 0;
  }

  /** Takes a token; one that is not there yet is owed, and the others wait longer. */
  take(nowMs: number): void {
    this.#fullAtMs = Math.max(this.#fullAtMs, nowMs) + this.#spacingMs;
  }

  /** True when it is full: it holds no memory of what happened. */
  isFull(nowMs: number): boolean {
    return this.#fullAtMs <= nowMs;
  }
}

const roundingErrorMs = 1e-6;
