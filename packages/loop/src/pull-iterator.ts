import { Future } from "./future.ts";

/**
 * An async iterator that a coroutine need not ask through a promise: what is there comes at once, and a cancel withdraws a
 * request that has not been answered, so that no element is lost.
 */
export abstract class PullIterator<T> implements AsyncIterableIterator<T, undefined> {
  /** The next element or the end, if it is there; else its future, which may be cancelled. */
  abstract pull(): IteratorResult<T, undefined> | Future<IteratorResult<T, undefined>>;

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next element as a native promise, which is what `for await` waits for most cheaply. */
  next(): Promise<IteratorResult<T, undefined>> {
    try {
      const step = this.pull();
      return step instanceof Future ? step.then() : Promise.resolve(step);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }
}
