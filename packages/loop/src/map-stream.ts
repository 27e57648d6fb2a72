import { CancelledError } from "./errors.ts";
import { FAILED, FULFILLED } from "./future.ts";
import { ItemSource } from "./item-source.ts";
import type { Loop } from "./loop.ts";
import { ReadyQueue } from "./ready-queue.ts";
import { type AnyFunction, startTask, type TaskFunction, toCoroutine } from "./start.ts";
import type { Task } from "./task.ts";
import type { Coroutine } from "./waitable.ts";
import { WaiterQueue } from "./waiter-queue.ts";

type Taken<R> = IteratorResult<R, undefined>;

/**
 * Workers that pull items, call `fn` and hand over results. There are as many as there is work for, `concurrency` at most;
 * as many results again may lie ready before the workers stop to wait for the consumer.
 */
export class MapStream<T, R> implements AsyncIterableIterator<R, undefined> {
  readonly #loop: Loop;
  readonly #source: ItemSource<T>;
  readonly #fn: AnyFunction;
  readonly #concurrency: number;
  readonly #workers = new Set<Task<void>>();
  readonly #results = new ReadyQueue<R>();
  readonly #takers = new WaiterQueue<Taken<R>>();
  readonly #room = new WaiterQueue<void>();
  #started = false;
  #failure: { readonly error: unknown } | null = null;
  /** Set once no more results will come, and what it took to stop has been done. */
  #ended = false;
  #closing: Task<void> | null = null;

  constructor(
    loop: Loop,
    source: Iterable<T> | AsyncIterable<T>,
    fn: TaskFunction<R, [T]>,
    concurrency: number,
  ) {
    this.#loop = loop;
    this.#source = new ItemSource(source);
    this.#fn = fn as AnyFunction;
    this.#concurrency = concurrency;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Taken<R>> {
    this.#start();
    if (this.#results.size > 0) return { done: false, value: this.#takeResult() };
    if (this.#ended) return this.#end();
    return await this.#takers.join();
  }

  /** Stops early: cancels what is in flight, waits for it, closes the source. */
  async return(): Promise<Taken<R>> {
    await this.#close();
    return { done: true, value: undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#addWorker();
  }

  #addWorker(): void {
    const root = this.#loop.current?.scope.root ?? this.#loop.scope;
    const worker = startTask(root, () => this.#work(), [], "map");
    this.#workers.add(worker);
    worker.addDoneCallback(() => this.#workerEnded(worker));
  }

  *#work(): Coroutine<void> {
    for (;;) {
      if (this.#results.size >= this.#concurrency) yield* this.#room.join();
      const pulled = yield* this.#source.pull();
      if (pulled.done === true || this.#closing !== null) return;
      if (this.#workers.size < this.#concurrency) this.#addWorker();
      this.#give(yield* toCoroutine<R>(this.#fn, [pulled.value]));
    }
  }

  #give(value: R): void {
    const taker = this.#takers.shift();
    if (taker === null) this.#results.push(value);
    else taker.settle(FULFILLED, { done: false, value });
  }

  #takeResult(): R {
    const value = this.#results.shift();
    this.#room.shift()?.settle(FULFILLED, undefined);
    return value;
  }

  #workerEnded(worker: Task<void>): void {
    this.#workers.delete(worker);
    if (worker.settled !== FULFILLED && this.#closing === null) this.#fail(worker.outcome);
    if (this.#workers.size === 0 && this.#closing === null) void this.#close();
  }

  /** Also when a worker was cancelled from outside, with its run: the consumer must not wait for ever. */
  #fail(error: unknown): void {
    this.#failure = { error };
    void this.#close();
  }

  #close(): Task<void> {
    this.#closing ??= startTask(this.#loop.scope, () => this.#shutDown(), [], "map close");
    return this.#closing;
  }

  *#shutDown(): Coroutine<void> {
    const workers = [...this.#workers];
    for (const worker of workers) worker.cancel("the map ends");
    for (const worker of workers) yield* ended(worker);
    try {
      yield* this.#source.close();
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#ended = true;
    this.#releaseTakers();
  }

  #releaseTakers(): void {
    for (let taker = this.#takers.shift(); taker !== null; taker = this.#takers.shift()) {
      const failure = this.#failure;
      this.#failure = null;
      if (failure === null) taker.settle(FULFILLED, { done: true, value: undefined });
      else taker.settle(FAILED, failure.error);
    }
  }

  /** The failure once, then `done`. */
  #end(): Taken<R> {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure.error;
    return { done: true, value: undefined };
  }
}

/** Waits for a task's end, whatever it is. */
function* ended(task: Task<void>): Coroutine<void> {
  try {
    yield* task;
  } catch (error) {
    if (!task.done) throw error instanceof CancelledError ? error : new CancelledError(error);
  }
}
