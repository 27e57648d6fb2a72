import { type BatchOptions, BatchStream } from "./batch-stream.ts";
import { expectPositiveInteger, PipelineOptionError } from "./errors.ts";
import type { OpenStage } from "./stage.ts";

/** A stage that collects items into arrays. */
export function batchStage<T>(options: BatchOptions): OpenStage<T, T[]> {
  const { items = 100, withinMs } = options;
  expectPositiveInteger("items", items);
  if (withinMs !== undefined && !(withinMs >= 0)) {
    throw new PipelineOptionError(`expected milliseconds of at least 0 for withinMs, got ${withinMs}`);
  }
  return (upstream) => new BatchStream(toAsync(upstream), options);
}

function toAsync<T>(source: Iterable<T> | AsyncIterable<T>): AsyncIterable<T> {
  if (Symbol.asyncIterator in source) return source;
  return {
    [Symbol.asyncIterator]() {
      const iterator = source[Symbol.iterator]();
      return {
        next: async () => iterator.next(),
        return: async () => iterator.return?.() ?? { done: true, value: undefined },
      };
    },
  };
}
