import { inSink } from "./delivery/delivery.ts";
import { FailureLimit, type MaxFailures } from "./engine/failure-limit.ts";
import type { StageFunction, StageSpec } from "./engine/stage.ts";
import { expectFunction, PipelineOptionError } from "./errors.ts";
import { iterateResults } from "./iterate-results.ts";
import { Job, type SourcePlan } from "./job.ts";
import type { RowOf, RowSink, SinkFunction } from "./sinks/sink.ts";
import type { SourceContext } from "./sources/open-reader.ts";
import { type BatchOptions, batchStage } from "./stages/batch-stage.ts";
import { type CpuOptions, cpuStage } from "./stages/cpu-stage.ts";
import { type DedupeOptions, dedupeStage } from "./stages/dedupe-stage.ts";
import { flatMapStage } from "./stages/flat-map-stage.ts";
import { type IoOptions, ioStage } from "./stages/io-stage.ts";
import { filterStage, mapStage, type StepOptions } from "./stages/map-stage.ts";
import type { StageCallFunction } from "./stages/policed-call.ts";
import type { PolicyOptions } from "./stages/policies.ts";
import { functionSinkStage, type RowSinkSettings, rowSinkStage } from "./stages/sink-stage.ts";
import { uniqueName } from "./stages/unique-name.ts";
import type { ThreadFunction } from "./threads/thread-function.ts";

/** A sink: a function that saves one item (or batch) and is done when it is safe, or something that has to be opened. */
export type Sink<T> = SinkFunction<T> | RowSink<RowOf<T>>;

/** Options of `.to()`. */
export interface SinkOptions<T = never> extends PolicyOptions<T> {
  /** What the stage is called in summaries, errors and traces. @default "sink", or what the sink is called */
  readonly name?: string;
  /**
   * How many items may go wrong before the run ends: a number, or a share of those taken.
   * @default 0, so that the first one ends it; with a dead-letter file `Infinity`
   */
  readonly maxFailures?: MaxFailures;
  /**
   * The SQLite file in which the run notes what is done, so that another one can `resume`; or "in-sink", where the sink notes it in
   * the transaction that saves it (see `sqliteTable`). @default none
   */
  readonly journal?: string;
  /**
   * The file to which items are appended that have gone wrong, as newline-delimited JSON; see `retryDead`. A source item is written as it is
   * then: stages that change it in place change what is tried again. @default none
   */
  readonly deadLetter?: string;
}

/**
 * Where items come from: any iterable, sync or async, or a function that gives one and hears by the signal that no more is wanted.
 */
export type PipelineSource<T> =
  | Iterable<T>
  | AsyncIterable<T>
  | ((context: SourceContext) => Iterable<T> | AsyncIterable<T>);

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
  io<R>(name: string, fn: StageFunction<T, R>, options?: IoOptions<T>): Pipeline<R> {
    expectFunction(`"${name}"`, fn);
    return this.#with<R>(name, (unique) => ioStage(unique, fn, options));
  }

  /** A stage that computes: `fn` on its own threads, one item at a time on each. */
  cpu<R>(name: string, fn: ThreadFunction<T, R>, options?: CpuOptions): Pipeline<R> {
    return this.#with<R>(name, (unique) => cpuStage(unique, fn, options));
  }

  /** Replaces each item by what `fn` makes of it, at once; for work that waits there is `io`. */
  map<R>(fn: (item: T) => R, { name = "map" }: StepOptions = {}): Pipeline<R> {
    expectFunction(`"${name}"`, fn);
    return this.#with<R>(name, (unique) => mapStage(unique, fn));
  }

  /** Drops the items that `fn` says no to. */
  filter<R extends T>(fn: (item: T) => item is R, options?: StepOptions): Pipeline<R>;
  filter(fn: (item: T) => unknown, options?: StepOptions): Pipeline<T>;
  filter(fn: (item: T) => unknown, { name = "filter" }: StepOptions = {}): Pipeline<T> {
    expectFunction(`"${name}"`, fn);
    return this.#with<T>(name, (unique) => filterStage(unique, fn));
  }

  /** Makes any number of items of each one, in order, no faster than they are taken. The item is done when all of them are. */
  flatMap<R>(
    fn: (item: T) => Iterable<R> | AsyncIterable<R>,
    { name = "flatMap" }: StepOptions = {},
  ): Pipeline<R> {
    expectFunction(`"${name}"`, fn);
    return this.#with<R>(name, (unique) => flatMapStage(unique, fn));
  }

  /** Drops an item whose key another one had before it in this run, as far as it is remembered. A run that resumes remembers nothing. */
  dedupe(key: (item: T) => string | number | bigint, options: DedupeOptions = {}): Pipeline<T> {
    expectFunction("key", key);
    return this.#with<T>(options.name ?? "dedupe", (unique) => dedupeStage(unique, key, options));
  }

  /** Collects items into arrays. */
  batch(options: BatchOptions<T> = {}): Pipeline<T[]> {
    return this.#with<T[]>(options.name ?? "batch", (unique) => batchStage(unique, options));
  }

  /** Ends the pipeline: what comes out is saved by `sink`. */
  to(sink: Sink<T>, options: SinkOptions<T> = {}): Job {
    const { journal = null, deadLetter = null } = options;
    if (journal === inSink) expectInSink(sink, this.#stages);
    const { maxFailures = deadLetter === null ? 0 : Number.POSITIVE_INFINITY } = options;
    new FailureLimit(maxFailures); // checks it
    const name = uniqueName(options.name ?? (typeof sink === "function" ? "sink" : sink.name), this.#stages);
    const stage =
      typeof sink === "function"
        ? functionSinkStage(name, sink as StageCallFunction, options)
        : rowSinkStage(name, sink as RowSink<unknown>, options, this.#rowSinkSettings(journal));
    const stages = [...this.#stages, stage];
    return new Job({ source: this.#source, stages, maxFailures, journal, deadLetter });
  }

  /**
   * Runs the pipeline and gives what comes out, without a sink: nothing begins before the first is asked for, and nothing is pulled
   * faster than they are. Leaving the loop cancels what is in flight, and waits for it.
   *
   * @throws StageError when an item fails; else as `Job.run`.
   */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return iterateResults((sink: SinkFunction<T>) => this.to(sink, { name: "results" }));
  }

  #rowSinkSettings(journal: string | null): RowSinkSettings {
    const last = this.#stages.findLast(({ kind }) => kind === "batch" || kind === "flatMap");
    return { batches: last?.kind === "batch", inSink: journal === inSink };
  }

  #with<R>(name: string, create: (name: string) => StageSpec): Pipeline<R> {
    return new Pipeline<R>(this.#source, [...this.#stages, create(uniqueName(name, this.#stages))]);
  }
}

/**
 * Starts a pipeline at any iterable, sync or async. It is read lazily and closed when the job ends.
 *
 * @throws PipelineOptionError when there is nothing to iterate.
 * @example
 * const job = pipeline(urls)
 *   .io("fetch", (url, { signal }) => fetchPage(url, signal), { concurrency: 100 })
 *   .to((page) => save(page), { concurrency: 10 });
 * const summary = await job.run();
 */
export function pipeline<T>(source: PipelineSource<T>, { key }: PipelineOptions<T> = {}): Pipeline<T> {
  expectSource(source);
  if (key !== undefined) expectFunction("key", key);
  return new Pipeline<T>({ source, key: key ?? null }, []);
}

function expectSource(source: unknown): void {
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = (source ?? {}) as Partial<
    Iterable<unknown> & AsyncIterable<unknown>
  >;
  if ([source, sync, async].some((each) => typeof each === "function")) return;
  throw new PipelineOptionError(
    `expected an iterable, or a function that gives one, for the source, got ${JSON.stringify(source)}`,
  );
}

/** @throws PipelineOptionError when exactly once can't be had. */
function expectInSink(sink: unknown, stages: readonly StageSpec[]): void {
  if (typeof sink === "function" || (sink as RowSink<unknown>).keepsJournal !== true) {
    throw new PipelineOptionError(
      'expected a sink that keeps the journal itself for journal: "in-sink", such as sqliteTable; for others name a file',
    );
  }
  const batch = stages.findIndex(({ kind }) => kind === "batch");
  if (batch >= 0 && stages.slice(batch).some(({ kind }) => kind === "flatMap")) {
    throw new PipelineOptionError(
      'expected no flatMap after a batch for journal: "in-sink": what is made of a batch has no identity that lasts; put flatMap first',
    );
  }
}
