import type { Coroutine, Waitable } from "@overlap/loop";
import type { Journal, JournalChanges } from "../delivery/journal.ts";
import type { ItemContext } from "../engine/stage.ts";

/** How it went with one member of a batch. */
export type ItemOutcome =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** What went wrong. */
      readonly error: unknown;
      /** False when trying again would not help. @default true */
      readonly retry?: boolean;
    };

/** What a sink may say about the members of a batch, in their order: those that went wrong are sent again, or set aside, alone. */
export interface BatchOutcomes {
  /** One for each member. */
  readonly outcomes: readonly ItemOutcome[];
}

/** What a function of a stage may return. */
export type Eventually<R> = Coroutine<R> | Waitable<R> | PromiseLike<R>;

/**
 * A sink that is a function: saves one item (or batch), and is done when it is safe. It throws when it could not, or returns
 * `{ outcomes }` to tell the members of a batch apart.
 */
export type SinkFunction<T> = (item: T, context: ItemContext) => Eventually<unknown>;

/** The rows in an item: an array's elements, else the item itself. */
export type RowOf<T> = T extends readonly (infer Row)[] ? Row : T;

/**
 * A sink that has to be opened: a file, a table. It saves rows: an item, or the elements of an item that is an array, such as a
 * batch.
 */
export interface RowSink<Row> {
  /** What the stage is called if `.to()` doesn't say. */
  readonly name: string;
  /** Calls in flight if `.to()` doesn't say. */
  readonly concurrency: number;
  /** The same where each call has a batch. @default `concurrency` */
  readonly batchConcurrency?: number;
  /** It can keep the journal itself, in the transactions that save the rows: `journal: "in-sink"`. @default false */
  readonly keepsJournal?: boolean;
  /** Opens it for one run; before anything is taken from the source. */
  open(opening: SinkOpening): RowWriter<Row> | Eventually<RowWriter<Row>>;
}

/** What a sink is opened with. */
export interface SinkOpening {
  /** @internal Given to a sink that is to keep the journal. */
  readonly inSink: InSink | null;
}

/** @internal How a sink keeps the journal in its own transactions. */
export interface InSink {
  /** Takes the journal into use, once, before anything is written. */
  useJournal(journal: Journal): void;
  /**
   * Called within a transaction, when all rows of these calls were written: ends their items, and has `write` write what follows
   * from that, and commit. Gives what each call is to return.
   */
  commit(calls: readonly StoredCall[], write: (changes: JournalChanges) => void): unknown[];
}

/** @internal A call whose rows stand in a transaction that is not committed yet. */
export interface StoredCall {
  readonly context: ItemContext;
  readonly outcomes: readonly ItemOutcome[];
}

/** An open sink. */
export interface RowWriter<Row> {
  /** Done when the rows are safe. */
  write(
    rows: readonly Row[],
    context: ItemContext,
  ): Eventually<BatchOutcomes | undefined> | Eventually<void> | void;
  /** Called once, when no more will be written. */
  close(): Eventually<void> | void;
}
