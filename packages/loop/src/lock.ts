import { InvalidStateError } from "./errors.ts";
import { Semaphore } from "./semaphore.ts";

/**
 * Lets one holder in at a time: a semaphore of one permit that refuses to be released when nobody holds it. Fair: it is
 * handed to the one who has waited longest. Not re-entrant: a task that acquires it twice waits for itself.
 *
 * Cancelling a wait leaves the queue at once; a lock that was granted stays granted.
 *
 * @example
 * const lock = new Lock();
 * {
 *   using _held = yield* lock.acquire(); // in an async function: await lock.acquire()
 *   yield* writeBothFiles();
 * }
 */
export class Lock extends Semaphore {
  /** A lock that nobody holds. */
  constructor() {
    super(1);
  }

  /**
   * Lets the next one in. With a `Permit` at hand, release that instead: it counts only once.
   *
   * @throws InvalidStateError when nobody holds the lock.
   */
  override release(): void {
    if (!this.locked) throw new InvalidStateError("cannot release a lock that nobody holds");
    super.release();
  }
}
