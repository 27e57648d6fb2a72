import type { Future } from "./future.ts";
import { granted, WaiterQueue } from "./waiter-queue.ts";

/**
 * A flag that tasks can wait for. `set` wakes everybody who waits, in the order they came; until `clear`, nobody waits.
 * (The name is asyncio's; it hides the `Event` of the web where it is imported.)
 *
 * @example
 * const ready = new Event();
 * createTask(function* () {
 *   yield* ready.wait(); // in an async function: await ready.wait()
 *   console.log("go");
 * });
 * ready.set();
 */
export class Event {
  #isSet = false;
  readonly #waiting = new WaiterQueue<void>("an event");

  /** True after `set`, until `clear`. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Sets the flag. Who waits now is let through, even if `clear` follows at once. */
  set(): void {
    this.#isSet = true;
    this.#waiting.grantAll();
  }

  /** Resets the flag: who comes now has to wait. */
  clear(): void {
    this.#isSet = false;
  }

  /** Done at once when the flag is set, else at the next `set`. Cancelling leaves the queue at once. */
  wait(): Future<void> {
    return this.#isSet ? granted(undefined) : this.#waiting.join();
  }
}
