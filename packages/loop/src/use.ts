import { type CancelledError, describeValue, InvalidArgumentError } from "./errors.ts";
import { isThenable } from "./future.ts";
import { Operation } from "./operation.ts";
import { type Source, waitOn } from "./source.ts";
import { isCoroutineObject } from "./start.ts";
import type { Task } from "./task.ts";
import { currentTask } from "./tasks.ts";
import { until } from "./until.ts";
import type { Coroutine, Waitable } from "./waitable.ts";

/** What `use` can close: an object with `Symbol.asyncDispose` or `Symbol.dispose`. */
export type Closable = AsyncDisposable | Disposable;

/**
 * Gives a resource to `body` and closes it when that ends, fails or is cancelled: `await using` for coroutines. Closing is
 * waited for even when a cancel comes meanwhile, which then strikes at the next wait. The resource may be something that has to be
 * waited for first. When both `body` and the closing fail, a `SuppressedError` holds both.
 *
 * @throws what `body` or the closing threw; InvalidArgumentError when the resource cannot be closed.
 * @example
 * yield* use(new Session(), function* (session) {
 *   console.log((yield* session.get(url)).status);
 * }); // the session is closed here
 */
export function use<R extends Closable, T>(
  resource: R | Source<R>,
  body: (resource: R) => Coroutine<T>,
): Waitable<T> {
  return new Operation(runWith<R, T>, [resource, body]);
}

function* runWith<R extends Closable, T>(
  source: R | Source<R>,
  body: (resource: R) => Coroutine<T>,
): Coroutine<T> {
  const resource = isSource(source) ? yield* waitOn(source) : source;
  const close = closerOf(resource);
  let result: T;
  try {
    result = yield* new Operation(body, [resource]); // a frame of its own, that stacks show
  } catch (error) {
    yield* closeAfter(error, close);
    throw error;
  }
  yield* closeFully(close);
  return result;
}

function* closeAfter(error: unknown, close: () => unknown): Coroutine<void> {
  try {
    yield* closeFully(close);
  } catch (closing) {
    throw new SuppressedError(closing, error, "the resource could not be closed after its use had failed");
  }
}

/** A cancel must not leave a resource half closed: it is put off until the closing has ended. */
function* closeFully(close: () => unknown): Coroutine<void> {
  const task = currentTask() as Task<unknown>; // coroutines run inside a task
  const closing = close();
  let cancel: CancelledError | undefined;
  try {
    for (;;) {
      const closed = until(closing);
      try {
        yield* closed;
        return;
      } catch (error) {
        if (!closed.cancelled) throw error;
        cancel ??= error as CancelledError; // a cancelled future throws nothing else
      }
    }
  } finally {
    if (cancel !== undefined) task.putOff(cancel);
  }
}

/** Generators can be disposed of too, so whether something has to be waited for is asked first. */
function isSource<R>(value: R | Source<R>): value is Source<R> {
  return isThenable(value) || (isCoroutineObject(value) && !(Symbol.asyncDispose in value));
}

function isClosable(value: unknown): value is Closable {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return Symbol.asyncDispose in value || Symbol.dispose in value;
}

function closerOf(resource: Closable): () => unknown {
  if (!isClosable(resource)) {
    throw new InvalidArgumentError(
      `expected a resource with Symbol.asyncDispose or Symbol.dispose, got ${describeValue(resource)}`,
    );
  }
  if (Symbol.asyncDispose in resource) return () => resource[Symbol.asyncDispose]();
  return () => resource[Symbol.dispose]();
}
