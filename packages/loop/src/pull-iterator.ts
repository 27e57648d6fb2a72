import { Future } from "./future.ts";

/**
 * An async iterator that a coroutine need not ask through a promise: what is there comes at once, and a cancel withdraws a
 * request that has not been answered, so that no element is lost.
 */
export abstract class PullIterator<T> implements AsyncIterableIterator<T, undefined> {
  /** The next element or the end, if it is there; else its future, which may be cancelled. */
  abstract pull(): IteratorResult<T, undefined> | Future<IteratorResult<T, undefined>>;

  /** The coroutine that pulls will pull no more; the future of what there is to clean up, if there is anything. */
  stop(): Future<void> | null {
    return null;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** What is there comes as a native promise, which `for await` waits for most cheaply. */
  next(): Promise<IteratorResult<T, undefined>> {
    try {
      const step = this.pull();
      return step instanceof Future ? step : Promise.resolve(step);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }
}
