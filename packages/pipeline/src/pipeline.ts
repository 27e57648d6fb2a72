import { batchStage } from "./batch-stage.ts";
import type { BatchOptions } from "./batch-stream.ts";
import { type CpuOptions, cpuStage } from "./cpu-stage.ts";
import { type IoOptions, ioStage } from "./io-stage.ts";
import { Job } from "./job.ts";
import type { OpenStage, StageFunction } from "./stage.ts";
import type { ThreadFunction } from "./thread-function.ts";

/** A sink: saves one item (or batch), and is done when the item is safe. */
export type Sink<T> = StageFunction<T, unknown>;

/** Options of `.to()`. */
export interface SinkOptions {
  /** What the sink is called in summaries and traces. @default "sink" */
  readonly name?: string;
  /** Calls in flight at most; at least 1. @default 1 */
  readonly concurrency?: number;
}

/**
 * A source and the stages its items go through. A value: each method returns a new one, and nothing runs until its job does.
 * Items are pulled, never pushed, so memory is bounded by the slots of the stages and not by the input.
 */
export class Pipeline<T> {
  readonly #source: Iterable<unknown> | AsyncIterable<unknown>;
  readonly #stages: readonly OpenStage<never, unknown>[];

  /** @internal Use `pipeline(source)`. */
  constructor(
    source: Iterable<unknown> | AsyncIterable<unknown>,
    stages: readonly OpenStage<never, unknown>[],
  ) {
    this.#source = source;
    this.#stages = stages;
  }

  /** A stage that waits: `fn` for up to `concurrency` items at once, on the loop. Results come in the order they are ready. */
  io<R>(name: string, fn: StageFunction<T, R>, options?: IoOptions): Pipeline<R> {
    return this.#with<R>(ioStage(name, fn, options));
  }

  /** A stage that computes: `fn` on its own threads, one item at a time on each. */
  cpu<R>(name: string, fn: ThreadFunction<T, R>, options?: CpuOptions): Pipeline<R> {
    return this.#with<R>(cpuStage(name, fn, options));
  }

  /** Collects items into arrays. */
  batch(options: BatchOptions = {}): Pipeline<T[]> {
    return this.#with<T[]>(batchStage(options));
  }

  /** Ends the pipeline: what comes out is saved by `sink`. */
  to(sink: Sink<T>, { name = "sink", concurrency = 1 }: SinkOptions = {}): Job {
    return new Job(this.#source, this.#stages, ioStage<T, unknown>(name, sink, { concurrency }, "sink"));
  }

  #with<R>(stage: OpenStage<T, unknown>): Pipeline<R> {
    return new Pipeline<R>(this.#source, [...this.#stages, stage as OpenStage<never, unknown>]);
  }
}

/**
 * Starts a pipeline at any iterable, sync or async. It is read lazily and closed when the job ends.
 *
 * @example
 * const job = pipeline(urls)
 *   .io("fetch", (url, { signal }) => fetchPage(url, signal), { concurrency: 100 })
 *   .to((page) => save(page), { concurrency: 10 });
 * const summary = await job.run();
 */
export function pipeline<T>(source: Iterable<T> | AsyncIterable<T>): Pipeline<T> {
  return new Pipeline<T>(source, []);
}
