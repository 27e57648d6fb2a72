import { CancelledError, describeValue, InvalidArgumentError, InvalidStateError } from "./errors.ts";
import { CANCELLED, FULFILLED, type Future, PENDING } from "./future.ts";
import { Lock } from "./lock.ts";
import { co } from "./operation.ts";
import type { Permit } from "./semaphore.ts";
import type { Coroutine, Waitable } from "./waitable.ts";
import { Waiter, WaiterQueue } from "./waiter-queue.ts";

/** What is left of a type when its falsy values are taken out. */
export type Truthy<T> = T extends false | 0 | 0n | "" | null | undefined ? never : T;

/**
 * A lock, and a queue of those who hold it but have to wait until something has changed: `wait` gives the lock back while
 * it waits, and has it again when it ends, however it ends. A notification is never lost: one that meets a cancelled task
 * goes on to the next.
 *
 * @example
 * const changed = new Condition();
 * function* consume() {
 *   using _held = yield* changed.acquire(); // in an async function: await changed.acquire()
 *   yield* changed.waitFor(() => stock.length > 0);
 *   return stock.pop();
 * }
 * function* produce(item: string) {
 *   using _held = yield* changed.acquire();
 *   stock.push(item);
 *   changed.notify();
 * }
 */
export class Condition {
  /** The lock that guards what is waited for; several conditions may share one. */
  readonly lock: Lock;
  /** Those who have not been notified. */
  readonly #waiting = new WaiterQueue<Permit>("a notification");

  constructor(lock: Lock = new Lock()) {
    this.lock = lock;
  }

  /** True while somebody holds the lock. */
  get locked(): boolean {
    return this.lock.locked;
  }

  /** How many wait to be notified. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The lock, at once or as soon as it is this caller's turn; see `Lock`. */
  acquire(): Future<Permit> {
    return this.lock.acquire();
  }

  /** Gives the lock back. @throws InvalidStateError when nobody holds it. */
  release(): void {
    this.lock.release();
  }

  /**
   * Gives the lock back, waits to be notified, and takes the lock again, in its turn. May be followed by a look at the state
   * and another `wait`; `waitFor` does just that.
   *
   * A cancelled wait also ends only when it has the lock again, so that the `finally` around it may release it. A task that
   * has both the notification and the lock keeps them; the cancel strikes at its next wait.
   *
   * @throws InvalidStateError when nobody holds the lock.
   */
  wait(): Future<void> {
    this.#expectLocked("wait for");
    const waiter = this.#waiting.push(new ConditionWaiter(this));
    this.lock.release();
    return waiter as Waiter<unknown> as Waiter<void>; // the permit it is given is not passed on: the caller has one
  }

  /**
   * Waits until `predicate()` is truthy, and gives its value. It looks now, and after every notification with the lock held.
   *
   * @throws what `predicate` throws; InvalidStateError when it has to wait and nobody holds the lock.
   */
  waitFor<T>(predicate: () => T): Waitable<Truthy<T>> {
    return waitUntilTrue(this, predicate);
  }

  /**
   * Lets the `count` that have waited longest go on, each when it gets the lock.
   *
   * @throws InvalidStateError when nobody holds the lock; InvalidArgumentError unless `count` is an integer of at least 0.
   */
  notify(count = 1): void {
    this.#expectLocked("notify");
    if (!(Number.isInteger(count) && count >= 0)) {
      throw new InvalidArgumentError(
        `expected an integer of at least 0 for count, got ${describeValue(count)}`,
      );
    }
    for (let left = Math.min(count, this.waiting); left > 0; left--) this.passOn();
  }

  /** Lets everybody who waits go on. @throws InvalidStateError when nobody holds the lock. */
  notifyAll(): void {
    this.notify(this.waiting);
  }

  /** @internal Notifies the next. */
  passOn(): void {
    const next = this.#waiting.shift() as ConditionWaiter | null; // it holds nothing else
    next?.notify();
  }

  #expectLocked(what: string): void {
    if (!this.locked) throw new InvalidStateError(`cannot ${what} a condition whose lock nobody holds`);
  }
}

/**
 * Stands first in the condition's queue, then in the lock's. The lock's grant ends it, so that a task is woken once. A
 * cancel only makes it go for the lock without being notified.
 */
class ConditionWaiter extends Waiter<Permit> {
  readonly #condition: Condition;
  #notified = false;
  #cancel: CancelledError | null = null;

  constructor(condition: Condition) {
    super();
    this.#condition = condition;
  }

  notify(): void {
    this.#notified = true;
    this.#condition.lock.admit(this);
  }

  override cancel(reason?: unknown): boolean {
    if (this.settled !== PENDING) return false;
    const goesForLock = this.#notified || this.#cancel !== null;
    this.#cancel = new CancelledError(reason);
    if (!goesForLock) {
      this.queue?.remove(this);
      this.#condition.lock.admit(this);
    }
    return true;
  }

  /** The lock was granted. */
  override settle(): void {
    const cancel = this.#cancel;
    if (cancel === null) super.settle(FULFILLED, undefined);
    else super.settle(CANCELLED, cancel);
    if (cancel !== null && this.#notified) this.#condition.passOn();
  }
}

const waitUntilTrue = co(function* <T>(condition: Condition, predicate: () => T): Coroutine<Truthy<T>> {
  let value = predicate();
  while (!value) {
    yield* condition.wait();
    value = predicate();
  }
  return value as Truthy<T>; // the loop has just seen it
});
