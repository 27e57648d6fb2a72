import { CancelledError, describeValue, InvalidArgumentError } from "./errors.ts";
import { isThenable } from "./future.ts";
import { Operation } from "./operation.ts";
import { PullIterator } from "./pull-iterator.ts";
import { isWaitable } from "./source.ts";
import type { Task } from "./task.ts";
import { currentTask } from "./tasks.ts";
import { until } from "./until.ts";
import type { Coroutine, Waitable } from "./waitable.ts";

/**
 * Runs `body` for each element, one after the other: `for await` for coroutines, over any iterable. When `body` fails or is
 * cancelled, the source's `return()` is called and waited for; a further cancel ends that wait. Cancelling while an element is
 * awaited withdraws the request if the source can do that (a queue, a map of this package); from another source an
 * element that arrives after that is dropped.
 *
 * @throws what the source or `body` threw; InvalidArgumentError when `source` is no iterable.
 * @example
 * yield* each(mapUnordered(urls, fetchPage), function* (page) {
 *   yield* save(page);
 * });
 */
export function each<S extends Iterable<unknown> | AsyncIterable<unknown>>(
  source: S,
  body: (element: ElementOf<S>) => Coroutine<unknown>,
): Waitable<void> {
  if (!isSource(source))
    throw new InvalidArgumentError(`expected an iterable or an async iterable, got ${describeValue(source)}`);
  return new Operation(runEach<ElementOf<S>>, [source as Elements<ElementOf<S>>, body]);
}

/** What an iterable gives; what is iterable in both ways counts as async. */
export type ElementOf<S> = S extends AsyncIterable<infer T> ? T : S extends Iterable<infer T> ? T : never;

type Elements<T> = Iterable<T> | AsyncIterable<T>;

function* runEach<T>(source: Elements<T>, body: (element: T) => Coroutine<unknown>): Coroutine<void> {
  const iterator = iterate(source);
  for (;;) {
    const step = yield* nextStep(iterator);
    if (step.done === true) return;
    try {
      yield* body(step.value);
    } catch (error) {
      yield* giveUp(iterator);
      throw error;
    }
  }
}

function iterate<T>(source: Elements<T>): Iterator<T> | AsyncIterator<T> {
  if (typeof source === "object" && Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
  return (source as Iterable<T>)[Symbol.iterator]();
}

/** A source that throws has ended; one that we stopped waiting for has not. */
function* nextStep<T>(iterator: Iterator<T> | AsyncIterator<T>): Coroutine<IteratorResult<T>> {
  try {
    return yield* arrival(
      iterator instanceof PullIterator ? (iterator as PullIterator<T>).pull() : iterator.next(),
    );
  } catch (error) {
    if (error instanceof CancelledError) yield* giveUp(iterator);
    throw error;
  }
}

/** What made us give up counts for more than what the source throws when it is told. */
function* giveUp(iterator: Iterator<unknown> | AsyncIterator<unknown>): Coroutine<void> {
  const task = currentTask() as Task<unknown>; // coroutines run inside a task
  try {
    yield* arrival<unknown>(iterator instanceof PullIterator ? iterator.stop() : iterator.return?.());
  } catch (error) {
    if (error instanceof CancelledError && task.cancelling > 0) task.putOff(error);
  }
}

/** Our own iterators give futures: waiting for one directly lets a cancel withdraw it. */
function* arrival<T>(step: T | PromiseLike<T>): Coroutine<T> {
  if (isWaitable(step)) return (yield* step) as T;
  if (isThenable(step)) return (yield* until(step)) as T;
  return step;
}

function isSource(value: unknown): value is Elements<unknown> {
  if (typeof value === "string") return true;
  if (typeof value !== "object" || value === null) return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}
