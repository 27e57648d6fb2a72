import { BrokenBarrierError, expectPositiveInteger } from "./errors.ts";
import { FULFILLED, type Future } from "./future.ts";
import { granted, refused, WaiterQueue } from "./waiter-queue.ts";

/**
 * Holds tasks until `parties` of them have come, then lets them all through together, and serves the next round. Who was let
 * through is through: a later `reset` or `abort` does not reach them, and who comes back early belongs to the next round.
 *
 * @example
 * const barrier = new Barrier(3);
 * function* worker() {
 *   yield* prepare();
 *   const place = yield* barrier.wait(); // in an async function: await barrier.wait()
 *   if (place === 0) console.log("all three are prepared");
 * }
 */
export class Barrier {
  /** How many tasks make a round. */
  readonly parties: number;
  #broken = false;
  /** Never as many as `parties`: whoever completes the round does not wait. */
  readonly #waiting = new WaiterQueue<number>("a barrier");

  /** @throws InvalidArgumentError unless `parties` is a positive integer. */
  constructor(parties: number) {
    this.parties = expectPositiveInteger("parties", parties);
  }

  /** How many of this round have come. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** True from `abort` until `reset`. */
  get broken(): boolean {
    return this.#broken;
  }

  /**
   * Waits for the round to be complete. Brings the place in which the task came, from 0 to `parties - 1`, so that one can be
   * chosen to do something. Cancelling gives the place up: the round then waits for somebody else.
   *
   * @throws BrokenBarrierError when the barrier is broken, or is reset or aborted meanwhile.
   */
  wait(): Future<number> {
    if (this.#broken) return refused(new BrokenBarrierError("the barrier was aborted"));
    if (this.#waiting.size + 1 < this.parties) return this.#waiting.join();
    this.#letThrough();
    return granted(this.parties - 1);
  }

  /** Starts an empty round; who waits now gets `BrokenBarrierError`. Mends a broken barrier. */
  reset(): void {
    this.#broken = false;
    this.#waiting.failAll(() => new BrokenBarrierError("the barrier was reset"));
  }

  /** Breaks the barrier: who waits now, and who comes before it is reset, gets `BrokenBarrierError`. */
  abort(): void {
    this.#broken = true;
    this.#waiting.failAll(() => new BrokenBarrierError("the barrier was aborted"));
  }

  #letThrough(): void {
    let place = 0;
    for (let waiter = this.#waiting.shift(); waiter !== null; waiter = this.#waiting.shift()) {
      waiter.settle(FULFILLED, place++);
    }
  }
}
