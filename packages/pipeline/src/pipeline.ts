import type { MaxFailures } from "./engine/failure-limit.ts";
import type { StageFunction, StageSpec } from "./engine/stage.ts";
import { Job, type SourcePlan } from "./job.ts";
import { type BatchOptions, batchStage } from "./stages/batch-stage.ts";
import { type CpuOptions, cpuStage } from "./stages/cpu-stage.ts";
import { type DedupeOptions, dedupeStage } from "./stages/dedupe-stage.ts";
import { flatMapStage } from "./stages/flat-map-stage.ts";
import { type IoOptions, ioStage } from "./stages/io-stage.ts";
import { filterStage, mapStage, type StepOptions } from "./stages/map-stage.ts";
import { sinkStage } from "./stages/sink-stage.ts";
import { uniqueName } from "./stages/unique-name.ts";
import type { ThreadFunction } from "./threads/thread-function.ts";

/** A sink: saves one item (or batch), and is done when the item is safe. */
export type Sink<T> = StageFunction<T, unknown>;

/** Options of `.to()`. */
export interface SinkOptions {
  /** What the sink is called in summaries and traces. @default "sink" */
  readonly name?: string;
  /** Calls in flight at most; at least 1. @default 1 */
  readonly concurrency?: number;
  /** How many items may go wrong before the run ends: a number, or a share of those taken. @default 0: the first one ends it */
  readonly maxFailures?: MaxFailures;
}

/** Options of `pipeline()`. */
export interface PipelineOptions<T> {
  /** Names each item, uniquely and the same in every run. @default its place in the source */
  readonly key?: (item: T) => string;
}

/**
 * A source and the stages its items go through. A value: each method returns a new one, and nothing runs until its job does.
 * Items are pulled, never pushed, so memory is bounded by the slots of the stages and not by the input.
 */
export class Pipeline<T> {
  readonly #source: SourcePlan;
  readonly #stages: readonly StageSpec[];

  /** @internal Use `pipeline(source)`. */
  constructor(source: SourcePlan, stages: readonly StageSpec[]) {
    this.#source = source;
    this.#stages = stages;
  }

  /** A stage that waits: `fn` for up to `concurrency` items at once, on the loop. */
  io<R>(name: string, fn: StageFunction<T, R>, options?: IoOptions): Pipeline<R> {
    return this.#with<R>(name, (unique) => ioStage(unique, fn, options));
  }

  /** A stage that computes: `fn` on its own threads, one item at a time on each. */
  cpu<R>(name: string, fn: ThreadFunction<T, R>, options?: CpuOptions): Pipeline<R> {
    return this.#with<R>(name, (unique) => cpuStage(unique, fn, options));
  }

  /** Replaces each item by what `fn` makes of it, at once; for work that waits there is `io`. */
  map<R>(fn: (item: T) => R, { name = "map" }: StepOptions = {}): Pipeline<R> {
    return this.#with<R>(name, (unique) => mapStage(unique, fn));
  }

  /** Drops the items that `fn` says no to. */
  filter<R extends T>(fn: (item: T) => item is R, options?: StepOptions): Pipeline<R>;
  filter(fn: (item: T) => unknown, options?: StepOptions): Pipeline<T>;
  filter(fn: (item: T) => unknown, { name = "filter" }: StepOptions = {}): Pipeline<T> {
    return this.#with<T>(name, (unique) => filterStage(unique, fn));
  }

  /** Makes any number of items of each one, in order, no faster than they are taken. The item is done when all of them are. */
  flatMap<R>(
    fn: (item: T) => Iterable<R> | AsyncIterable<R>,
    { name = "flatMap" }: StepOptions = {},
  ): Pipeline<R> {
    return this.#with<R>(name, (unique) => flatMapStage(unique, fn));
  }

  /** Drops an item whose key another one had before it, as far as it is remembered. */
  dedupe(key: (item: T) => string | number | bigint, options: DedupeOptions = {}): Pipeline<T> {
    return this.#with<T>(options.name ?? "dedupe", (unique) => dedupeStage(unique, key, options));
  }

  /** Collects items into arrays. */
  batch(options: BatchOptions<T> = {}): Pipeline<T[]> {
    return this.#with<T[]>(options.name ?? "batch", (unique) => batchStage(unique, options));
  }

  /** Ends the pipeline: what comes out is saved by `sink`. */
  to(sink: Sink<T>, { name = "sink", concurrency = 1, maxFailures = 0 }: SinkOptions = {}): Job {
    const stages = [...this.#stages, sinkStage(name, sink, { concurrency })];
    return new Job({ source: this.#source, stages, maxFailures });
  }

  #with<R>(name: string, create: (name: string) => StageSpec): Pipeline<R> {
    return new Pipeline<R>(this.#source, [...this.#stages, create(uniqueName(name, this.#stages))]);
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
export function pipeline<T>(
  source: Iterable<T> | AsyncIterable<T>,
  options: PipelineOptions<T> = {},
): Pipeline<T> {
  return new Pipeline<T>({ open: () => source, key: options.key ?? null }, []);
}
