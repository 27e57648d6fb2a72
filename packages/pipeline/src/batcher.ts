import { runBlocking } from "@overlap/loop/node";
import type { saveEach } from "./batcher-thread.ts";
import { expectMilliseconds, expectPositiveInteger, PipelineOptionError, UnsavedError } from "./errors.ts";
import { unpackError } from "./threads/packed-error.ts";
import type { ThreadFunction } from "./threads/thread-function.ts";

/** Options of `Batcher`. */
export interface BatcherOptions {
  /** Items that are saved together, all at once; at least 1. @default 100 */
  readonly items?: number;
  /** Milliseconds that saving one item may take; its signal fires then. At least 0. @default Infinity */
  readonly timeoutMs?: number;
}

/** An item that was not saved, and why. */
export interface UnsavedItem<T> {
  /** The item, as it was given. */
  readonly item: T;
  /** What saving it threw. */
  readonly error: unknown;
}

const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const batcherThread = new URL(`./batcher-thread${ending}`, import.meta.url);

type Flushable = Pick<Batcher<never>, "flush">;

/** Batchers with items that nobody has saved, in case the program ends. */
const unflushed = new Set<Flushable>();

/**
 * Saves the items of a plain synchronous program, many at once: `save` keeps an item, and when there are enough of them it waits until
 * all are saved, on a loop on another thread. So a hundred waits take the time of one, and not a word of the program is asynchronous.
 *
 * `using` saves the rest at the end of its block, also when the block throws; and what a program has forgotten is saved when the process
 * ends in order. The function gets the item, and `{ signal }` which fires when its time is over. Items are copied to the thread
 * (structured clone). An item that could not be saved stays with the batcher and is tried again by the next flush, so it is saved at least
 * once, if ever.
 *
 * @example
 * // save-row.ts
 * export async function saveRow(row: Row): Promise<void> {
 *   await fetch("http://127.0.0.1:8080/add", { method: "POST", body: JSON.stringify(row) });
 * }
 * // main.ts
 * using batcher = new Batcher(threadFunction<typeof import("./save-row.ts")>(new URL("./save-row.ts", import.meta.url), "saveRow"));
 * for (const row of rows) batcher.save(compute(row));
 */
export class Batcher<T> implements Disposable {
  readonly #save: ThreadFunction<T, unknown>;
  readonly #items: number;
  readonly #timeoutMs: number;
  #pending: T[] = [];
  /** Items that came after the last flush: those that have failed don't bring the next one nearer. */
  #added = 0;
  #closed = false;

  /** @throws PipelineOptionError. */
  constructor(
    save: ThreadFunction<T, unknown>,
    { items = 100, timeoutMs = Number.POSITIVE_INFINITY }: BatcherOptions = {},
  ) {
    this.#items = expectPositiveInteger("items", items);
    this.#timeoutMs = expectMilliseconds("timeoutMs", timeoutMs);
    this.#save = save;
  }

  /** How many items are not saved yet. */
  get pending(): number {
    return this.#pending.length;
  }

  /**
   * Takes an item, and flushes when there are `items` new ones. The item has been taken also when that throws.
   *
   * @throws UnsavedError as `flush`; PipelineOptionError after it was disposed of.
   */
  save(item: T): void {
    if (this.#closed) throw new PipelineOptionError("expected no item after the batcher was disposed of");
    this.#pending.push(item);
    this.#added++;
    saveAtExit(this);
    if (this.#added >= this.#items) this.flush();
  }

  /**
   * Saves what there is, and returns when it is saved. While it waits nothing else happens on this thread.
   *
   * @throws UnsavedError with the items that were not saved, and why; they stay pending.
   */
  flush(): void {
    const all = this.#pending;
    const unsaved: UnsavedItem<T>[] = [];
    this.#added = 0;
    for (let at = 0; at < all.length; at += this.#items)
      unsaved.push(...this.#saveTogether(all.slice(at, at + this.#items)));
    this.#pending = unsaved.map(({ item }) => item);
    if (unsaved.length === 0) unflushed.delete(this);
    else throw new UnsavedError(unsaved, all.length);
  }

  /** Takes back what was not saved, so that nothing is pending any more: to put it elsewhere, or to leave it. */
  takeUnsaved(): T[] {
    unflushed.delete(this);
    const items = this.#pending;
    this.#pending = [];
    this.#added = 0;
    return items;
  }

  /** Saves the rest, and takes no more. @throws UnsavedError as `flush`; what was not saved can still be taken back. */
  [Symbol.dispose](): void {
    this.#closed = true;
    unflushed.delete(this);
    this.flush();
  }

  #saveTogether(items: readonly T[]): UnsavedItem<T>[] {
    const { url, exportName } = this.#save;
    const work = { url, exportName, items, timeoutMs: this.#timeoutMs };
    try {
      const failures = runBlocking<typeof saveEach>(batcherThread, "saveEach", work);
      return failures.map(({ index, thrown }) => ({ item: items[index] as T, error: unpackError(thrown) })); // it came from there
    } catch (error) {
      return items.map((item) => ({ item, error }));
    }
  }
}

let watching = false;

function saveAtExit(batcher: Flushable): void {
  unflushed.add(batcher);
  if (watching) return;
  watching = true;
  process.once("exit", () => {
    using all = new DisposableStack(); // each is flushed, also when another one fails
    for (const forgotten of unflushed) all.defer(() => forgotten.flush());
  });
}
