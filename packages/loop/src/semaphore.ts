import { describeValue, InvalidArgumentError } from "./errors.ts";
import { FULFILLED, Future } from "./future.ts";
import { WaiterQueue } from "./waiter-queue.ts";

/** The right to be one of N. Release it once; with `using` that happens by itself, whatever happens in between. */
export class Permit implements Disposable {
  #semaphore: Semaphore | null;

  /** @internal */
  constructor(semaphore: Semaphore) {
    this.#semaphore = semaphore;
  }

  /** Gives the permit back. Only the first call counts. */
  release(): void {
    this.#semaphore?.release();
    this.#semaphore = null;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * Lets at most `permits` holders in. Fair: a permit that is released goes straight to the one who has waited longest;
 * newcomers cannot pass. Cancelling a wait leaves the queue at once; a permit that was granted is never lost.
 *
 * @example
 * const limit = new Semaphore(100);
 * using _permit = yield* limit.acquire();
 */
export class Semaphore {
  #free: number;
  readonly #waiting = new WaiterQueue<Permit>("a permit of a semaphore");

  /** @throws InvalidArgumentError unless `permits` is an integer of at least 0 or `Infinity`. */
  constructor(permits = 1) {
    if (!(permits >= 0 && (Number.isInteger(permits) || permits === Number.POSITIVE_INFINITY))) {
      throw new InvalidArgumentError(
        `expected an integer of at least 0 for permits, got ${describeValue(permits)}`,
      );
    }
    this.#free = permits;
  }

  /** Permits that can be had without waiting. */
  get free(): number {
    return this.#free;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** True when `acquire` would have to wait. */
  get locked(): boolean {
    return this.#free === 0;
  }

  /** A permit, at once or as soon as it is this caller's turn. */
  acquire(): Future<Permit> {
    if (this.#free === 0) return this.#waiting.join();
    this.#free--;
    const granted = new Future<Permit>();
    granted.settle(FULFILLED, new Permit(this));
    return granted;
  }

  /** A permit if one is free, else `null`. */
  tryAcquire(): Permit | null {
    if (this.#free === 0) return null;
    this.#free--;
    return new Permit(this);
  }

  /** Gives one permit back, to whoever waits first. With a `Permit` at hand, release that instead: it counts only once. */
  release(): void {
    const next = this.#waiting.shift();
    if (next === null) this.#free++;
    else next.settle(FULFILLED, new Permit(this));
  }
}
