import { maxDelayMs } from "./options.ts";

/**
 * Waits that share timers: all that end in the same millisecond have one, so ten thousand requests in service cost
 * a hundred timers, and their rows meet in one transaction. A wait is never shorter than asked for, as Node's own
 * timers are when the event loop was busy before they were set; it is at most one millisecond longer.
 */
export class DueTimes {
  /** What to call at each due millisecond; every key has one armed timer. */
  readonly #buckets = new Map<number, Array<() => void>>();

  /** Calls back after that many milliseconds. */
  after(delayMs: number, callback: () => void): void {
    const dueMs = Math.ceil(performance.now() + delayMs);
    const bucket = this.#buckets.get(dueMs);
    if (bucket !== undefined) {
      bucket.push(callback);
      return;
    }
    this.#buckets.set(dueMs, [callback]);
    this.#arm(dueMs);
  }

  #arm(dueMs: number): void {
    const leftMs = Math.max(1, dueMs - performance.now());
    setTimeout(() => this.#ring(dueMs), Math.min(leftMs, maxDelayMs));
  }

  #ring(dueMs: number): void {
    if (performance.now() < dueMs) {
      this.#arm(dueMs);
      return;
    }
    const bucket = this.#buckets.get(dueMs) ?? [];
    this.#buckets.delete(dueMs);
    for (const callback of bucket) callback();
  }
}
