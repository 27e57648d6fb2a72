import { type Coroutine, co, Semaphore, type Waitable } from "@overlap/loop";
import { expectPositiveInteger } from "./errors.ts";
import type { Limiter, Slot } from "./limiter.ts";

/**
 * A limiter that stays as it is.
 *
 * @example
 * const limiter = new FixedLimiter(100);
 * using slot = await limiter.acquire();
 */
export class FixedLimiter implements Limiter {
  readonly limit: number;
  readonly #semaphore: Semaphore;
  readonly #listeners = new Set<() => void>();
  readonly #acquire = co(() => this.#wait());

  /** @throws PolicyArgumentError unless `limit` is an integer of at least 1. */
  constructor(limit: number) {
    this.limit = expectPositiveInteger("limit", limit);
    this.#semaphore = new Semaphore(limit);
  }

  get inFlight(): number {
    return this.limit - this.#semaphore.free;
  }

  get idle(): boolean {
    return this.#semaphore.free === this.limit;
  }

  acquire(): Waitable<Slot> {
    return this.#acquire();
  }

  tryAcquire(): Slot | null {
    return this.#semaphore.tryAcquire() === null ? null : new FixedSlot(this);
  }

  onRoom(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @internal One slot came back. */
  leave(): void {
    this.#semaphore.release();
    if (this.#semaphore.free === 0) return;
    for (const listener of this.#listeners) listener();
  }

  *#wait(): Coroutine<Slot> {
    yield* this.#semaphore.acquire();
    return new FixedSlot(this);
  }
}

class FixedSlot implements Slot {
  #limiter: FixedLimiter | null;

  constructor(limiter: FixedLimiter) {
    this.#limiter = limiter;
  }

  release(): void {
    const limiter = this.#limiter;
    this.#limiter = null;
    limiter?.leave();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
