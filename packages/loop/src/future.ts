import { currentLoop } from "./current.ts";
import { CancelledError, describeValue, InvalidStateError } from "./errors.ts";
import type { Loop } from "./loop.ts";
import type { Task } from "./task.ts";
import { finish, iterateWait, suspend, type Wait, type Waitable } from "./waitable.ts";

/** Where a future stands. `pending` can become any of the others, once; the others are final. */
export type FutureState = "pending" | "fulfilled" | "failed" | "cancelled";

/** @internal Something the loop runs once. */
export interface Runnable {
  run(): void;
  /** What a report calls it. */
  readonly label?: string;
}

/** @internal Numbers, because a future is compared on every step. */
export const PENDING = 0;
/** @internal */
export const FULFILLED = 1;
/** @internal */
export const FAILED = 2;
/** @internal */
export const CANCELLED = 3;

const stateNames = ["pending", "fulfilled", "failed", "cancelled"] as const;

/**
 * A result that is not there yet. Everything that can be waited for is one: `yield* future` in a coroutine, `await future`
 * in an async function. Callbacks are always scheduled on the loop, never run inline.
 *
 * Cancelling a task that waits for a future cancels the future, as in asyncio; protect a shared one with `shield`.
 *
 * @example
 * const answer = new Future<number>();
 * setTimeout(() => answer.setResult(42), 10);
 * console.log(await answer); // 42
 */
export class Future<T> implements Waitable<T>, Wait, Promise<T> {
  /** @internal */
  readonly loop: Loop;
  /** @internal One of the constants above. */
  settled: number = PENDING;
  /** @internal The value when fulfilled, the error when failed or cancelled. */
  outcome: unknown = undefined;
  /** @internal Who runs when this is done: nobody, one, or several in the order they came. */
  waiters: Runnable | Runnable[] | null = null;
  /** @internal Somebody has seen, or will see, how this ended. */
  looked: boolean = false;

  /** A pending future of the current loop. */
  constructor(loop: Loop = currentLoop()) {
    this.loop = loop;
  }

  /** Where it stands. */
  get state(): FutureState {
    return stateNames[this.settled] as FutureState; // settled indexes stateNames
  }

  /** True when it is fulfilled, failed or cancelled. */
  get done(): boolean {
    return this.settled !== PENDING;
  }

  /** True when it was cancelled. */
  get cancelled(): boolean {
    return this.settled === CANCELLED;
  }

  /**
   * The value it was fulfilled with.
   *
   * @throws what it failed with; `CancelledError` when it was cancelled; `InvalidStateError` while it is pending.
   */
  result(): T {
    this.look();
    if (this.settled === FULFILLED) return this.outcome as T;
    if (this.settled === PENDING)
      throw new InvalidStateError("the result of a pending future is not there yet");
    throw this.outcome;
  }

  /**
   * What it failed with, or `undefined` when it was fulfilled.
   *
   * @throws `CancelledError` when it was cancelled; `InvalidStateError` while it is pending.
   */
  exception(): unknown {
    this.look();
    if (this.settled === FAILED) return this.outcome;
    if (this.settled === FULFILLED) return undefined;
    if (this.settled === PENDING)
      throw new InvalidStateError("the exception of a pending future is not there yet");
    throw this.outcome;
  }

  /**
   * Fulfils it and schedules who waits.
   *
   * @throws `InvalidStateError` when it is done already, or when `value` is a thenable: wait for that with `until` first.
   */
  setResult(value: T): void {
    this.expectPending("a result");
    if (isThenable(value)) {
      throw new InvalidStateError(
        `a future never holds another: wait for ${describeValue(value)} with until() and set what it gives`,
      );
    }
    this.settle(FULFILLED, value);
  }

  /**
   * Fails it and schedules who waits. A failure nobody looks at is reported once.
   *
   * @throws `InvalidStateError` when it is done already.
   */
  setException(error: unknown): void {
    this.expectPending("an exception");
    this.settle(FAILED, error);
  }

  /**
   * Cancels it and schedules who waits; they get a `CancelledError` with the reason. False when it was done already; a failure
   * then counts as looked at, because whoever cancels no longer cares.
   */
  cancel(reason?: unknown): boolean {
    if (this.settled !== PENDING) {
      this.look();
      return false;
    }
    this.settle(CANCELLED, new CancelledError(reason));
    return true;
  }

  /** Schedules `callback(future)` for when it is done; at once, but never inline, when it is done already. */
  addDoneCallback(callback: (future: this) => void): void {
    this.addWaiter(new DoneCallback(this, callback as (future: never) => void));
  }

  /** Removes every registration of `callback` that has not been scheduled yet, and returns how many there were. */
  removeDoneCallback(callback: (future: this) => void): number {
    const before = waiterList(this.waiters);
    const after = before.filter(
      (waiter) => !(waiter instanceof DoneCallback && waiter.callback === callback),
    );
    this.waiters = after.length > 0 ? after : null;
    return before.length - after.length;
  }

  /** The promise view: `await future`, or `then` as the Promises/A+ standard has it. Cancelled futures reject. */
  // biome-ignore lint/suspicious/noThenProperty: a future is awaitable
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const promise = new Promise<T>((resolve, reject) => {
      this.addDoneCallback((done) => {
        if (done.settled === FULFILLED) resolve(done.outcome as T);
        else reject(done.outcome);
      });
    });
    return promise.then(onFulfilled, onRejected);
  }

  /** As `Promise.prototype.catch`. */
  catch<B = never>(onRejected?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(null, onRejected);
  }

  /** As `Promise.prototype.finally`. */
  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.then(null, null).finally(onFinally);
  }

  /** So that whatever takes a promise takes a future. */
  get [Symbol.toStringTag](): string {
    return "Future";
  }

  /** For `yield* future`. */
  [Symbol.iterator](): Iterator<Wait, T, unknown> {
    return iterateWait(this);
  }

  /** @internal */
  begin(): IteratorResult<Wait, unknown> {
    if (this.settled === PENDING) return suspend(this);
    this.look();
    if (this.settled === FULFILLED) return finish(this.outcome);
    throw this.outcome;
  }

  /** @internal */
  park(task: Task<unknown>): boolean {
    task.waitFor(this);
    return false;
  }

  /** @internal `waiter` runs when this is done, or in the next batch when it is, and deals with the outcome. */
  addWaiter(waiter: Runnable): void {
    this.look();
    this.addObserver(waiter);
  }

  /** @internal Like `addWaiter`, but a failure still has to be looked at by somebody. */
  addObserver(waiter: Runnable): void {
    const waiters = this.waiters;
    if (this.settled !== PENDING) this.loop.enqueue(waiter);
    else if (waiters === null) this.waiters = waiter;
    else if (Array.isArray(waiters)) waiters.push(waiter);
    else this.waiters = [waiters, waiter];
  }

  /** @internal `waiter` will not run, unless it has been scheduled already. */
  removeWaiter(waiter: Runnable): void {
    if (this.waiters === waiter) this.waiters = null;
    else if (Array.isArray(this.waiters)) this.waiters = this.waiters.filter((other) => other !== waiter);
  }

  /** @internal What a report calls it: "waits for …". */
  get label(): string {
    return "a future";
  }

  /** @internal Whoever calls this deals with the outcome, so a failure need not be reported. */
  look(): void {
    if (this.looked) return;
    this.looked = true;
    if (this.settled === FAILED) this.loop.forgetFailure(this);
  }

  /** @internal The one way out of `pending`; subclasses release what they hold here. */
  settle(state: number, outcome: unknown): void {
    this.settled = state;
    this.outcome = outcome;
    const waiters = this.waiters;
    this.waiters = null;
    if (state === FAILED && !this.looked) this.loop.watchFailure(this);
    if (waiters === null) return;
    if (Array.isArray(waiters)) for (const waiter of waiters) this.loop.enqueue(waiter);
    else this.loop.enqueue(waiters);
  }

  private expectPending(what: string): void {
    if (this.settled !== PENDING) {
      throw new InvalidStateError(`cannot set ${what}: the future is ${this.state} already`);
    }
  }
}

class DoneCallback implements Runnable {
  readonly future: Future<unknown>;
  readonly callback: (future: never) => void;

  constructor(future: Future<unknown>, callback: (future: never) => void) {
    this.future = future;
    this.callback = callback;
  }

  run(): void {
    this.callback(this.future as never);
  }

  get label(): string {
    return `done-callback ${this.callback.name || "(anonymous)"}`;
  }
}

function waiterList(waiters: Runnable | Runnable[] | null): Runnable[] {
  if (waiters === null) return [];
  return Array.isArray(waiters) ? waiters : [waiters];
}

/** @internal */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return typeof (value as { then?: unknown }).then === "function";
}
