import type { Task } from "./task.ts";

/**
 * What a coroutine hands to its task when it has to wait. Only waitables of this package make one; `yield*` passes it
 * on, and user code never touches it.
 */
export interface Wait {
  /** @internal Starts the wait: a result at once, or `suspend(this)`. */
  begin(): IteratorResult<Wait, unknown>;
  /** @internal Parks the task until the wait ends. True: the task goes on at once, in a frame that was just entered. */
  park(task: Task<unknown>): boolean;
}

/** The body of a task: what a generator function that waits with `yield*` returns. */
export type Coroutine<T> = Generator<Wait, T, unknown>;

/** Anything that can be waited for in both ways: `yield* x` in a coroutine, `await x` in an async function. */
export interface Waitable<T> extends PromiseLike<T> {
  [Symbol.iterator](): Iterator<Wait, T, unknown>;
}

/*
 * One iterator serves every `yield*` of the thread. `yield* x` asks x for its iterator and calls next() at once, so x can
 * leave itself in `entering` and no object is made per wait. Both result objects are shared as well: `yield*` reads them
 * before anything else runs. The task tells a wait from a plain `yield` by the identity of `suspended`.
 */
let entering: Wait | null = null;

/** @internal The result that every wait yields; its value is the wait. */
export const suspended: { done: false; value: Wait } = { done: false, value: undefined as unknown as Wait };
const finished: { done: true; value: unknown } = { done: true, value: undefined };

const waitIterator: Iterator<Wait, unknown, unknown> = {
  next(value) {
    const wait = entering;
    if (wait === null) return finish(value);
    entering = null;
    return wait === turn ? suspend(turn) : wait.begin();
  },
  throw(error) {
    throw error;
  },
};

/**
 * @internal The wait for nothing but the next turn. By far the most frequent wait, so it is known by identity: asking the wait
 * itself, which may be of many classes, costs as much again as the whole switch.
 */
export const turn: Wait = {
  begin: () => suspend(turn),
  park(task) {
    task.loop.enqueue(task);
    return false;
  },
};

/** @internal The iterator for `yield* wait`. */
export function iterateWait<T>(wait: Wait): Iterator<Wait, T, unknown> {
  entering = wait;
  return waitIterator as Iterator<Wait, T, unknown>;
}

/** @internal */
export function suspend(wait: Wait): IteratorResult<Wait, unknown> {
  suspended.value = wait;
  return suspended;
}

/** @internal */
export function finish(value: unknown): IteratorResult<Wait, unknown> {
  finished.value = value;
  return finished;
}

/** @internal Drops what an iterator left behind that was asked for and never used; before each step. */
export function forgetEntered(): void {
  entering = null;
}

/** @internal Drops the last values that were passed, so that they can be collected; after each batch. */
export function forgetPassed(): void {
  finished.value = undefined;
  suspended.value = undefined as unknown as Wait;
}
