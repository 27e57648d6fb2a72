import { expectAtLeast } from "./errors.ts";

/** How long to wait before the next attempt. */
export interface BackoffOptions {
  /** The longest wait before the second attempt, in milliseconds. At least 0. @default 100 */
  readonly baseDelayMs?: number;
  /** What the longest wait is multiplied by from attempt to attempt. At least 1. @default 2 */
  readonly factor?: number;
  /** What no wait exceeds, in milliseconds. At least 0. @default 10_000 */
  readonly maxDelayMs?: number;
  /** Random numbers in [0, 1). @default Math.random */
  readonly random?: () => number;
}

/**
 * Exponential backoff with full jitter: before attempt n + 1 any time between 0 and `baseDelayMs · factor^(n − 1)`, cut
 * at `maxDelayMs`. Those who failed together don't come back together (Brooker, "Exponential Backoff And Jitter", AWS
 * Architecture Blog, 2015).
 *
 * @example
 * const backoff = new Backoff({ baseDelayMs: 100 });
 * backoff.delayMs(1); // 0 to 100
 * backoff.delayMs(3); // 0 to 400
 */
export class Backoff {
  readonly #baseDelayMs: number;
  readonly #factor: number;
  readonly #maxDelayMs: number;
  readonly #random: () => number;

  /** @throws PolicyArgumentError for an option outside its range. */
  constructor(options: BackoffOptions = {}) {
    const { baseDelayMs = 100, factor = 2, maxDelayMs = 10_000, random = Math.random } = options;
    this.#baseDelayMs = expectAtLeast(0, "baseDelayMs", baseDelayMs);
    this.#factor = expectAtLeast(1, "factor", factor);
    this.#maxDelayMs = expectAtLeast(0, "maxDelayMs", maxDelayMs);
    this.#random = random;
  }

  /** The wait after `attempts` attempts that failed, in milliseconds. */
  delayMs(attempts: number): number {
    // 0 · Infinity is no number: with no base there is no wait, however many attempts failed.
    const longestMs = this.#baseDelayMs === 0 ? 0 : this.#baseDelayMs * this.#factor ** (attempts - 1);
    return this.#random() * Math.min(this.#maxDelayMs, longestMs);
  }
}
