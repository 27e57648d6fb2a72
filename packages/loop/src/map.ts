import { currentLoop } from "./current.ts";
import { expectPositiveInteger } from "./errors.ts";
import { OrderedResults, type Results, UnorderedResults } from "./map-results.ts";
import { MapStream } from "./map-stream.ts";
import type { TaskFunction } from "./start.ts";

/** Options of `mapUnordered` and `mapOrdered`. */
export interface MapOptions {
  /** Calls under way at most; at least 1, `Infinity` for no limit. @default 100 */
  readonly concurrency?: number;
}

/**
 * Calls `fn` for each item, at most `concurrency` at once, and gives the results as they come: to `for await`, and to `each` in a
 * coroutine. Nothing begins before the first result is asked for. Items are pulled only when there is room: at most `concurrency`
 * results lie ready, so that a slow consumer stops the pulling. The first error, or stopping early, cancels what is under way,
 * waits for it and calls the source's `return()`; the results that were there before an error come first.
 *
 * `fn` may be a coroutine function (each call is a task) or an async one; one with a second parameter gets an `AbortSignal` there
 * that fires when the call is cancelled. The map belongs to the run it was made in and ends with it.
 *
 * @throws InvalidArgumentError when `concurrency` is not a positive integer or `Infinity`.
 * @example
 * for await (const page of mapUnordered(urls, fetchPage, { concurrency: 100 })) console.log(page.status);
 */
export function mapUnordered<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  fn: TaskFunction<R, [T]>,
  options: MapOptions = {},
): AsyncIterableIterator<R, undefined> {
  return createStream(source, fn, options, new UnorderedResults());
}

/**
 * Like `mapUnordered`, with the results in the order of the items. One that comes early waits for those before it; at most
 * `concurrency` wait.
 *
 * @throws InvalidArgumentError when `concurrency` is not a positive integer or `Infinity`.
 * @example
 * yield* each(mapOrdered(names, lookUp, { concurrency: 10 }), function* (address) {
 *   addresses.push(address);
 * });
 */
export function mapOrdered<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  fn: TaskFunction<R, [T]>,
  options: MapOptions = {},
): AsyncIterableIterator<R, undefined> {
  return createStream(source, fn, options, new OrderedResults());
}

function createStream<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  fn: TaskFunction<R, [T]>,
  { concurrency = 100 }: MapOptions,
  results: Results<R>,
): MapStream<T, R> {
  expectPositiveInteger("concurrency", concurrency);
  return new MapStream(currentLoop(), source, fn, { concurrency, results });
}
