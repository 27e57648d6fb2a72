import { expectDuration } from "./errors.ts";
import { FULFILLED, Future, PENDING, type Runnable } from "./future.ts";
import type { Task } from "./task.ts";
import type { TimerHandle } from "./timer-queue.ts";
import { iterateWait, turn, type Waitable } from "./waitable.ts";

/**
 * Done after `delayMs`, never earlier. `sleep(0)` lets everything that is ready run once, like `checkpoint()`.
 * Cancelling removes the timer.
 *
 * @throws InvalidArgumentError when the delay is negative or no number.
 */
export function sleep(delayMs: number): Future<void> {
  expectDuration("delayMs", delayMs);
  return delayMs === 0 ? new Turn() : new Sleep(delayMs);
}

/**
 * Lets the others run: tasks that are ready, and from time to time timers and sockets. For long computations on the loop;
 * costs a few dozen nanoseconds. A cancel strikes here.
 */
export function checkpoint(): Waitable<void> {
  return oneTurn;
}

class Sleep extends Future<void> {
  readonly #timer: TimerHandle;

  constructor(delayMs: number) {
    super();
    this.#timer = this.loop.callLater(delayMs, () => this.settle(FULFILLED, undefined));
  }

  /** @internal */
  override get label(): string {
    return `the time ${this.#timer.whenMs} ms`;
  }

  override settle(state: number, outcome: unknown): void {
    this.#timer.cancel();
    super.settle(state, outcome);
  }
}

/** Done as soon as somebody waits for it, who then runs in the next batch. */
class Turn extends Future<void> {
  override park(task: Task<unknown>): boolean {
    this.settle(FULFILLED, undefined);
    task.loop.enqueue(task);
    return false;
  }

  override addWaiter(waiter: Runnable): void {
    if (this.settled === PENDING) this.settle(FULFILLED, undefined);
    super.addWaiter(waiter);
  }
}

/** Stateless, so one serves all: each `yield*` and each `await` of it takes one turn. */
const oneTurn: Waitable<void> = {
  // biome-ignore lint/suspicious/noThenProperty: a checkpoint is awaitable
  then(onFulfilled, onRejected) {
    return new Turn().then(onFulfilled, onRejected);
  },
  [Symbol.iterator]() {
    return iterateWait<void>(turn);
  },
};
