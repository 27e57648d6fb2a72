import { FAILED, FULFILLED, Future, isThenable, PENDING } from "./future.ts";

/**
 * The future of a native promise (or any thenable). Cancelling the wait leaves the promise alone: a promise cannot be
 * cancelled, and what it brings later is ignored.
 *
 * @example
 * const text = yield* until(readFile("urls.txt", "utf8"));
 */
export function until<T>(promise: PromiseLike<T> | T): Future<Awaited<T>> {
  const future = new Future<Awaited<T>>();
  if (!isThenable(promise)) {
    future.settle(FULFILLED, promise);
    return future;
  }
  promise.then(
    (value) => {
      if (future.settled === PENDING) future.settle(FULFILLED, value);
    },
    (error) => {
      if (future.settled === PENDING) future.settle(FAILED, error);
    },
  );
  return future;
}
