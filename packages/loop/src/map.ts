import { currentLoop } from "./current.ts";
import { expectPositiveInteger } from "./errors.ts";
import { MapStream } from "./map-stream.ts";
import type { TaskFunction } from "./start.ts";

/** Options of `mapUnordered`. */
export interface MapOptions {
  /** Calls in flight at most; at least 1, `Infinity` for no limit. @default 100 */
  readonly concurrency?: number;
}

/**
 * Calls `fn` for each item, at most `concurrency` at once, and gives the results as they come. Items are pulled only when
 * there is room: a slow consumer stops the pulling. The first error, or stopping early, cancels what is in flight, waits for it
 * and calls the source's `return()`.
 *
 * @example
 * for await (const page of mapUnordered(urls, fetchPage, { concurrency: 100 })) console.log(page.status);
 */
export function mapUnordered<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  fn: TaskFunction<R, [T]>,
  { concurrency = 100 }: MapOptions = {},
): AsyncIterableIterator<R, undefined> {
  expectPositiveInteger("concurrency", concurrency);
  return new MapStream(currentLoop(), source, fn, concurrency);
}
