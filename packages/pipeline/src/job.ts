import type { OpenStage, StageCounts, StageRun } from "./stage.ts";
import { noTrace, type TraceSink } from "./trace-sink.ts";

/** Options of `Job.run`. */
export interface JobOptions {
  /** Ends the run early: what is in flight is cancelled and waited for, and `run` rejects with `signal.reason`. @default none */
  readonly signal?: AbortSignal;
  /** Where the stages write their spans. @default nowhere */
  readonly trace?: TraceSink;
  /** Called after each item that was saved; keep it short. @default none */
  readonly onProgress?: (progress: JobProgress) => void;
}

/** How far a run is. */
export interface JobProgress {
  /** Items (or batches) that the sink has saved. */
  readonly delivered: number;
  /** The stages in order, the sink last. */
  readonly stages: readonly Readonly<StageCounts>[];
}

/** What a run did. */
export interface JobSummary extends JobProgress {
  /** Milliseconds from the start, threads included, until everything was saved and closed. */
  readonly wallMs: number;
}

type AnyStage = OpenStage<never, unknown>;

/** A pipeline with a sink. It can be run more than once if its source can be iterated more than once. */
export class Job {
  readonly #source: Iterable<unknown> | AsyncIterable<unknown>;
  readonly #stages: readonly AnyStage[];
  readonly #sink: AnyStage;

  /** @internal Use `pipeline(source)….to(sink)`. */
  constructor(
    source: Iterable<unknown> | AsyncIterable<unknown>,
    stages: readonly AnyStage[],
    sink: OpenStage<never, unknown>,
  ) {
    this.#source = source;
    this.#stages = stages;
    this.#sink = sink;
  }

  /**
   * Runs until the source is exhausted and everything is saved. On the first failure, or when `signal` fires, the source is
   * closed, work in flight is cancelled and waited for, and threads are ended before the promise rejects.
   *
   * @throws StageError with the stage and the item; ThreadError; `signal.reason` when the signal ended it.
   */
  async run({ signal, trace = noTrace, onProgress }: JobOptions = {}): Promise<JobSummary> {
    signal?.throwIfAborted();
    const startMs = performance.now();
    const stages: StageCounts[] = [];
    let delivered = 0;
    {
      await using resources = new AsyncDisposableStack();
      const run: StageRun = { trace, resources, count: (name) => addCounts(stages, name) };
      for await (const _ of untilAborted(this.#connect(run), signal)) {
        delivered++;
        onProgress?.({ delivered, stages });
      }
    }
    return { delivered, stages, wallMs: performance.now() - startMs };
  }

  #connect(run: StageRun): AsyncIterable<unknown> {
    let flow = this.#source;
    for (const stage of [...this.#stages, this.#sink]) flow = stage(flow as AsyncIterable<never>, run);
    return flow as AsyncIterable<unknown>; // there is at least the sink
  }
}

function addCounts(stages: StageCounts[], name: string): StageCounts {
  const counts = { name, in: 0, out: 0 };
  stages.push(counts);
  return counts;
}

/** Ends the iteration with `signal.reason` as soon as the signal fires, without waiting for the next item. */
async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncIterable<T> {
  const iterator = source[Symbol.asyncIterator]();
  const stop = () => void iterator.return?.();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    for (let pulled = await iterator.next(); pulled.done !== true; pulled = await iterator.next())
      yield pulled.value;
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener("abort", stop);
    await iterator.return?.();
  }
}
