import type { Coroutine, Waitable } from "@overlap/loop";
import type { Commits } from "../delivery/commits.ts";
import type { Journal } from "../delivery/journal.ts";
import type { Ledger } from "../delivery/ledger.ts";
import type { TraceSink } from "../trace-sink.ts";
import type { Flow } from "./flow.ts";
import type { Item } from "./item.ts";
import type { StageKind, StageStats } from "./stage-stats.ts";

/** What the function of a stage gets beside its item. */
export interface ItemContext {
  /** Fires when the item is cancelled, or its time is over: pass it on to whatever can be stopped. Made when it is first asked for. */
  readonly signal: AbortSignal;
  /**
   * The item's identity, the same at each attempt and in each run: send it along, and the other side can tell a repetition. The
   * source's `key` (or place), and `parent/index` for what `flatMap` made. A batch has one of its own as long as its members are the same.
   */
  readonly idempotencyKey: string;
  /** The same for each member of a batch, in its order; for other items, just the one. */
  readonly idempotencyKeys: readonly string[];
  /** Which attempt this is, from 1. */
  readonly attempt: number;
}

/** The function of a stage: a coroutine function, or an async one. */
export type StageFunction<T, R> = (
  item: T,
  context: ItemContext,
) => Coroutine<R> | Waitable<R> | PromiseLike<R>;

/** Where one stage takes its items from, and for which run. */
export interface StageOpening {
  readonly upstream: Flow;
  readonly run: StageRun;
  readonly stats: StageStats;
}

/** A stage as it was declared: a value, opened afresh by each run. */
export interface StageSpec {
  readonly name: string;
  readonly kind: StageKind;
  /** How many it was declared to do at once; threads, for a cpu stage. */
  readonly limit?: number;
  /** Connects it to the one before it. Its drivers start when all stages are open. */
  open(opening: StageOpening): Flow | Coroutine<Flow>;
}

/** Something that ends with the run: threads, files. */
export interface Closable {
  close(): Coroutine<void> | Waitable<void> | PromiseLike<void> | void;
}

/** What a stage needs of the run it works for. */
export interface StageRun {
  /** Where spans go; `null` when nobody wants them. */
  readonly trace: TraceSink | null;
  /** The clock of spans and durations, in milliseconds. */
  now(): number;
  /** Runs a stage's coroutine, once all stages are open, until it ends or the run does; what it throws ends the run. */
  drive(driver: () => Coroutine<void>): void;
  /** Closes it when the run ends, however it ends, before what was opened earlier. */
  closeAtEnd(resource: Closable): void;
  /** An item has failed in a stage for good: it is set aside, or counted, or ends the run. */
  itemFailed(item: Item, stage: string, error: unknown, attempts: number): void;
  /** Whether an earlier run has saved this child. */
  isChildDone(child: Item): boolean;
  /** How the run keeps account of what is saved; `null` when it doesn't. */
  readonly commits: Commits | null;
  /** Takes a journal that the sink keeps itself. */
  useJournal(journal: Journal): Ledger;
  /** The run ends, and cancels what is in flight: an item whose work is cancelled has not failed, it is not done. */
  readonly closing: boolean;
  /** Ends the run: work in flight is cancelled. */
  abort(error: unknown): void;
  /** What the run wants instead of what was declared. */
  override(stage: string): StageOverride;
}

/** What a run may change in a stage. */
export interface StageOverride {
  readonly concurrency?: number | "auto";
  readonly threads?: number;
}
