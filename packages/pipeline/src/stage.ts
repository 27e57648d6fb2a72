import type { Coroutine, Waitable } from "@overlap/loop";
import type { TraceSink } from "./trace-sink.ts";

/** What the function of a stage gets beside its item. */
export interface ItemContext {
  /** Fires when the item is cancelled: pass it on to whatever can be stopped. Made when it is first asked for. */
  readonly signal: AbortSignal;
}

/** The function of a stage: a coroutine function, or an async one. */
export type StageFunction<T, R> = (
  item: T,
  context: ItemContext,
) => Coroutine<R> | Waitable<R> | PromiseLike<R>;

/** What one stage has done so far. */
export interface StageCounts {
  /** The name it was given. */
  readonly name: string;
  /** Items it has taken. */
  in: number;
  /** Items it has given on. */
  out: number;
}

/** What a stage needs of the run it works for. */
export interface StageRun {
  readonly trace: TraceSink;
  /** Closed in reverse order when the run ends, however it ends. */
  readonly resources: AsyncDisposableStack;
  /** A counter that the run's summary and progress show. */
  count(name: string): StageCounts;
}

/** Connects a stage to what comes before it, for one run. */
export type OpenStage<T, R> = (upstream: Iterable<T> | AsyncIterable<T>, run: StageRun) => AsyncIterable<R>;
