import {
  describeValue,
  expectPositiveInteger,
  InvalidArgumentError,
  InvalidStateError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
} from "./errors.ts";
import { FAILED, FULFILLED, type Future, isThenable } from "./future.ts";
import { QueueIterator } from "./queue-iterator.ts";
import { ReadyQueue } from "./ready-queue.ts";
import { granted, refused, Waiter, WaiterQueue } from "./waiter-queue.ts";

/** Options of `Queue` and `LifoQueue`. */
export interface QueueOptions {
  /** Items held at most; `put` waits when there are as many. At least 1, `Infinity` for no limit. @default Infinity */
  readonly maxSize?: number;
}

/** Options of `Queue.shutdown`. */
export interface ShutdownOptions {
  /** Drops what the queue holds; otherwise it can still be taken. @default false */
  readonly immediate?: boolean;
}

/** @internal Holds items in the order in which they leave. */
export interface ItemStore<T> {
  readonly size: number;
  push(item: T): void;
  /** The next to leave; the caller knows that there is one. */
  shift(): T;
}

/**
 * Hands items from producers to consumers, first in first out. Fair: an item goes straight to the one who has waited
 * longest for it, room to the one who has waited longest to put; newcomers cannot pass. No item is lost or doubled by a
 * cancel: a cancelled wait leaves the queue at once (taking along the item it was to put), and what was granted stays granted.
 *
 * `for await (const item of queue)` takes items until the queue is shut down and empty. Leaving the iteration takes nothing.
 *
 * @example
 * const queue = new Queue<string>({ maxSize: 100 });
 * function* produce() {
 *   for (const url of urls) yield* queue.put(url); // in an async function: await queue.put(url)
 *   queue.shutdown();
 * }
 * async function consume() {
 *   for await (const url of queue) await download(url);
 * }
 */
export class Queue<T> implements AsyncIterable<T, undefined> {
  /** Items held at most. */
  readonly maxSize: number;
  readonly #createStore: () => ItemStore<T>;
  #items: ItemStore<T>;
  /** Somebody waits here only while the queue is empty. */
  readonly #getters = new WaiterQueue<T>("an item of a queue");
  /** Somebody waits here only while the queue is full. */
  readonly #putters = new WaiterQueue<void>("room in a queue");
  readonly #joiners = new WaiterQueue<void>("the end of a queue's work");
  #unfinished = 0;
  #isShutDown = false;

  /** @throws InvalidArgumentError unless `maxSize` is a positive integer or `Infinity`. */
  constructor(
    { maxSize = Number.POSITIVE_INFINITY }: QueueOptions = {},
    /** @internal */ createStore: () => ItemStore<T> = () => new ReadyQueue<T>(),
  ) {
    this.maxSize = expectPositiveInteger("maxSize", maxSize);
    this.#createStore = createStore;
    this.#items = createStore();
  }

  /** Items held now. */
  get size(): number {
    return this.#items.size;
  }

  /** True when `get` would have to wait. */
  get empty(): boolean {
    return this.#items.size === 0;
  }

  /** True when `put` would have to wait. */
  get full(): boolean {
    return this.#items.size >= this.maxSize;
  }

  /** Items that were put and that no `taskDone` has counted yet. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** True after `shutdown`. */
  get isShutDown(): boolean {
    return this.#isShutDown;
  }

  /** How many wait for an item. */
  get waitingGetters(): number {
    return this.#getters.size;
  }

  /** How many wait for room. */
  get waitingPutters(): number {
    return this.#putters.size;
  }

  /**
   * Adds an item, at once or as soon as there is room. Cancelling takes the item back.
   *
   * @throws QueueShutDown when the queue is shut down, also meanwhile; InvalidArgumentError when the queue can't hold the item:
   * futures and promises must be waited for first, or wrapped.
   */
  put(item: T): Future<void> {
    this.expectItem(item);
    if (this.#isShutDown) return refused(shutDownError());
    if (this.full) return this.#putters.push(new Putter(item));
    this.#accept(item);
    return granted(undefined);
  }

  /** Adds an item if there is room. @throws QueueFull when there is none; else as `put`. */
  putNowait(item: T): void {
    this.expectItem(item);
    if (this.#isShutDown) throw shutDownError();
    if (this.full) throw new QueueFull(`the queue is full: it holds ${this.size} of ${this.maxSize} items`);
    this.#accept(item);
  }

  /**
   * Takes the next item, at once or as soon as there is one. Cancelling leaves the queue at once.
   *
   * @throws QueueShutDown when the queue is empty and shut down, also meanwhile.
   */
  get(): Future<T> {
    if (!this.empty) return granted(this.#take());
    return this.#isShutDown ? refused(shutDownError()) : this.#getters.join();
  }

  /** Takes the next item if there is one. @throws QueueEmpty when there is none; QueueShutDown when none will come. */
  getNowait(): T {
    if (!this.empty) return this.#take();
    throw this.#isShutDown ? shutDownError() : new QueueEmpty("the queue is empty");
  }

  /**
   * Says that the work on one item that was taken is done; `join` counts these.
   *
   * @throws InvalidStateError when it is called more often than items were put.
   */
  taskDone(): void {
    if (this.#unfinished === 0)
      throw new InvalidStateError("taskDone() was called more often than items were put");
    this.#finish(1);
  }

  /** Done as soon as `taskDone` was called for every item that was put; at once when there is none. */
  join(): Future<void> {
    return this.#unfinished === 0 ? granted(undefined) : this.#joiners.join();
  }

  /**
   * Takes nothing any more: who waits to put, or for an item, gets `QueueShutDown`. What the queue holds can still be taken,
   * unless it is dropped by `immediate`; dropped items count as done.
   */
  shutdown({ immediate = false }: ShutdownOptions = {}): void {
    this.#isShutDown = true;
    this.#putters.failAll(shutDownError);
    this.#getters.failAll(shutDownError);
    if (immediate) this.#drop();
  }

  /** For `for await`; several iterations share the items. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined> {
    return new QueueIterator(this);
  }

  /** Throws when this queue cannot hold the item. */
  protected expectItem(item: T): void {
    if (!isThenable(item)) return;
    throw new InvalidArgumentError(
      `expected an item that is there already, got ${describeValue(item)}: wait for it first, or wrap it in an object`,
    );
  }

  /** There is room. */
  #accept(item: T): void {
    const getter = this.#getters.shift();
    if (getter === null) this.#items.push(item);
    else getter.settle(FULFILLED, item);
    this.#unfinished++;
  }

  /** There is an item. */
  #take(): T {
    const item = this.#items.shift();
    this.#admitPutter();
    return item;
  }

  /** There is room for one. A putter whose item cannot be compared is told so, and makes way for the next. */
  #admitPutter(): void {
    let admitted = false;
    while (!admitted && this.#putters.size > 0) {
      const putter = this.#putters.shift() as Putter<T>; // it holds nothing else
      try {
        this.#accept(putter.item);
        putter.settle(FULFILLED, undefined);
        admitted = true;
      } catch (error) {
        putter.settle(FAILED, error);
      }
    }
  }

  #drop(): void {
    const dropped = this.#items.size;
    this.#items = this.#createStore();
    this.#finish(Math.min(dropped, this.#unfinished));
  }

  #finish(count: number): void {
    this.#unfinished -= count;
    if (this.#unfinished === 0) this.#joiners.grantAll();
  }
}

class Putter<T> extends Waiter<void> {
  readonly item: T;

  constructor(item: T) {
    super();
    this.item = item;
  }
}

function shutDownError(): QueueShutDown {
  return new QueueShutDown("the queue was shut down");
}
