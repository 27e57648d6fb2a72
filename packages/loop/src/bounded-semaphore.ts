import { InvalidStateError } from "./errors.ts";
import { Semaphore } from "./semaphore.ts";

/**
 * A semaphore that notices when it is released more often than it was acquired. Everything else is `Semaphore`'s.
 *
 * @example
 * const connections = new BoundedSemaphore(10);
 * using _permit = yield* connections.acquire();
 */
export class BoundedSemaphore extends Semaphore {
  readonly #permits: number;

  /** @throws InvalidArgumentError unless `permits` is an integer of at least 0 or `Infinity`. */
  constructor(permits = 1) {
    super(permits);
    this.#permits = permits;
  }

  /**
   * Gives one permit back, to whoever waits first.
   *
   * @throws InvalidStateError when all permits are back already.
   */
  override release(): void {
    if (this.free >= this.#permits) {
      throw new InvalidStateError(
        `cannot release the semaphore: none of its permits (${this.#permits}) is taken`,
      );
    }
    super.release();
  }
}
