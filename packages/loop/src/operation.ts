import { currentLoop } from "./current.ts";
import { nameFrames } from "./frame-names.ts";
import type { Task } from "./task.ts";
import { type Coroutine, iterateWait, suspend, type Wait, type Waitable } from "./waitable.ts";

/** @internal Wants to know of calls of `co` functions that nobody waits for; debug mode. */
export interface CallWatch {
  called(operation: object, name: string): void;
  waitedFor(operation: object): void;
}

/** `null` until the first time that some loop is debugged. */
let callWatch: CallWatch | null = null;

/** @internal */
export function watchCalls(watch: CallWatch): void {
  callWatch = watch;
}

/**
 * A call that has not begun: it runs inside the task that waits for it with `yield*`, in a frame of its own, or as a new
 * task when it is awaited by an async function. Each wait runs the function once more.
 */
export class Operation<T, A extends unknown[] = unknown[]> implements Waitable<T>, Wait {
  /** @internal */
  readonly body: (...args: A) => Coroutine<T>;
  /** @internal */
  readonly args: A;

  /** @internal */
  constructor(body: (...args: A) => Coroutine<T>, args: A) {
    this.body = body;
    this.args = args;
  }

  // biome-ignore lint/suspicious/noThenProperty: an operation is awaitable
  then<R = T, E = never>(
    onFulfilled?: ((value: T) => R | PromiseLike<R>) | null,
    onRejected?: ((error: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    if (callWatch !== null) callWatch.waitedFor(this);
    return currentLoop()
      .createTask(this.body, ...this.args)
      .then(onFulfilled, onRejected);
  }

  /** For `yield* operation`. */
  [Symbol.iterator](): Iterator<Wait, T, unknown> {
    return iterateWait(this);
  }

  /** @internal */
  begin(): IteratorResult<Wait, unknown> {
    return suspend(this);
  }

  /** @internal */
  park(task: Task<unknown>): boolean {
    if (callWatch !== null) callWatch.waitedFor(this);
    task.enterFrame(this.body(...this.args));
    return true;
  }
}

/**
 * Marks a coroutine function. Calling it makes an `Operation`: it can be awaited as well, and a deep chain of them is
 * resumed at the speed of one, where nested plain generators pay for every level.
 *
 * @example
 * const twice = co(function* (ms: number) {
 *   yield* sleep(ms);
 *   yield* sleep(ms);
 *   return "done";
 * });
 * console.log(await twice(5)); // done
 */
export function co<T, A extends unknown[]>(
  body: (...args: A) => Coroutine<T>,
): (...args: A) => Operation<T, A> {
  nameFrames(body);
  return (...args) => {
    const operation = new Operation(body, args);
    if (callWatch !== null) callWatch.called(operation, body.name);
    return operation;
  };
}
