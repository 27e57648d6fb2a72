import { CancelledError } from "./errors.ts";
import { FAILED, FULFILLED, Future, isThenable, PENDING } from "./future.ts";
import type { Loop } from "./loop.ts";
import type { Coroutine } from "./waitable.ts";

/** Options of `until`. */
export interface UntilOptions {
  /** Virtual time stands still until the promise settles: it comes from a real socket, file or thread. @default false */
  readonly io?: boolean;
}

/**
 * The future of a native promise (or any thenable). Cancelling the wait leaves the promise alone: a promise cannot be
 * cancelled, and what it brings later is ignored.
 *
 * @example
 * const text = yield* until(readFile("urls.txt", "utf8"));
 */
export function until<T>(promise: PromiseLike<T> | T, options?: UntilOptions): Future<Awaited<T>> {
  const future = new Future<Awaited<T>>();
  if (!isThenable(promise)) {
    future.settle(FULFILLED, promise);
    return future;
  }
  // Another's `then` may throw, call back at once or twice, or give one more thenable; a promise does none of that.
  const native = promise instanceof Promise ? promise : Promise.resolve(promise);
  native.then(
    (value) => {
      if (future.settled === PENDING) future.settle(FULFILLED, value);
    },
    (error) => {
      if (future.settled === PENDING) future.settle(FAILED, error);
    },
  );
  if (options?.io === true) countAsIo(future.loop, native);
  return future;
}

/** After the future's own callbacks, so that whoever waits is ready before virtual time may go on. */
function countAsIo(loop: Loop, promise: PromiseLike<unknown>): void {
  loop.beginIo();
  const end = () => loop.endIo();
  promise.then(end, end);
}

/**
 * Waits until a promise has really settled, for work that has to be told to stop and then be waited for. A cancel calls
 * `onCancel` (which should make the work end soon, by an `AbortSignal` for instance) and the wait goes on. A promise that
 * then rejects with the cancel, or with an `AbortError`, ends the wait with the cancel; anything else is its outcome.
 */
export function* untilSettled<T>(
  promise: PromiseLike<T>,
  onCancel: (cancel: CancelledError) => void,
): Coroutine<Awaited<T>> {
  let cancel: CancelledError | undefined;
  for (;;) {
    const outcome = until(promise);
    try {
      return yield* outcome;
    } catch (error) {
      if (!outcome.cancelled) throw cancel !== undefined && isAbort(error) ? cancel : error;
      const first = cancel === undefined;
      cancel ??= error as CancelledError; // a cancelled future throws nothing else
      if (first) onCancel(cancel);
    }
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof CancelledError || (error as Error | undefined)?.name === "AbortError";
}
