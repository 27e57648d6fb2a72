import { currentLoop } from "./current.ts";
import {
  CancelledError,
  describeValue,
  expectDuration,
  InvalidArgumentError,
  InvalidStateError,
  TimeoutError,
} from "./errors.ts";
import { Operation } from "./operation.ts";
import { type Source, waitOn } from "./source.ts";
import { isCoroutineObject } from "./start.ts";
import type { Task } from "./task.ts";
import type { TimerHandle } from "./timer-queue.ts";
import { untilSettled } from "./until.ts";
import type { Coroutine, Waitable } from "./waitable.ts";

/**
 * What `timeout` can limit: something to wait for, or a function that gives it. The function gets the running `Timeout` and
 * an `AbortSignal` that fires when the work is cancelled.
 */
export type TimedWork<T> = Source<T> | ((timer: Timeout, signal: AbortSignal) => Source<T>);

/**
 * Waits for `work`, for `delayMs` at most; then cancels it, waits until it has ended, and throws. The time counts from the
 * beginning of the wait. A coroutine runs in the task that waits. A value that came before the cancel could strike is
 * delivered, and work that ends with a value or an error of its own in spite of the cancel keeps it. Cancelling the task
 * cancels the work, and stays a cancel.
 *
 * @param delayMs milliseconds of at least 0; `Infinity` for no limit. With 0 the work runs to its first real wait.
 * @throws TimeoutError when the time was over, with the `CancelledError` as `cause`; InvalidArgumentError.
 * @example
 * const page = yield* timeout(5_000, fetchPage(url));
 */
export function timeout<T>(delayMs: number, work: TimedWork<T>): Waitable<T> {
  expectDuration("delayMs", delayMs);
  return new Operation(runTimed<T>, [work, (nowMs: number) => nowMs + delayMs]);
}

/**
 * Like `timeout`, until the loop's clock shows `whenMs`. A time that is over lets the work run to its first real wait.
 *
 * @throws TimeoutError when the time was over; InvalidArgumentError.
 * @example
 * const deadlineMs = currentLoop().now() + 30_000;
 * for (const url of urls) yield* timeoutAt(deadlineMs, fetchPage(url));
 */
export function timeoutAt<T>(whenMs: number, work: TimedWork<T>): Waitable<T> {
  expectTime(whenMs);
  return new Operation(runTimed<T>, [work, () => whenMs]);
}

/** The deadline of one `timeout` that runs. */
export class Timeout {
  readonly #task: Task<unknown>;
  /** What the task had been asked before; those requests are not ours. */
  readonly #cancelling: number;
  readonly #startMs: number;
  #whenMs: number;
  #timer: TimerHandle | null = null;
  #state: "active" | "expired" | "ended" = "active";

  /** @internal */
  constructor(task: Task<unknown>, startMs: number, whenMs: number) {
    this.#task = task;
    this.#cancelling = task.cancelling;
    this.#startMs = startMs;
    this.#whenMs = whenMs;
    this.#arm();
  }

  /** The deadline on the loop's clock; `Infinity` when there is none. */
  get whenMs(): number {
    return this.#whenMs;
  }

  /** True once the time was over before the work had ended. */
  get expired(): boolean {
    return this.#state === "expired";
  }

  /**
   * Moves the deadline; `Infinity` takes it away.
   *
   * @throws InvalidStateError when the time is over or the work has ended; InvalidArgumentError.
   */
  reschedule(whenMs: number): void {
    expectTime(whenMs);
    if (this.#state !== "active")
      throw new InvalidStateError(`cannot move the deadline: the timeout has ${this.#state}`);
    this.#timer?.cancel();
    this.#whenMs = whenMs;
    this.#arm();
  }

  /** @internal The work has ended; true when nobody but this asked the task to end. */
  end(): boolean {
    this.#timer?.cancel();
    if (this.#state === "expired") return this.#task.takeBack(this) <= this.#cancelling;
    this.#state = "ended";
    return false;
  }

  /** @internal */
  toError(cause?: unknown): TimeoutError {
    const waitedMs = Math.round((this.#whenMs - this.#startMs) * 1_000) / 1_000;
    const message = waitedMs > 0 ? `not done within ${waitedMs} ms` : "not done at once";
    return cause === undefined ? new TimeoutError(message) : new TimeoutError(message, { cause });
  }

  /** A deadline that is over strikes in this turn of the loop already. */
  #arm(): void {
    const { loop } = this.#task;
    if (this.#whenMs <= loop.now()) loop.callSoon(this.#strike);
    else if (this.#whenMs < Number.POSITIVE_INFINITY) this.#timer = loop.callAt(this.#whenMs, this.#strike);
  }

  readonly #strike = (): void => {
    if (this.#state !== "active" || this.#task.loop.now() < this.#whenMs) return;
    this.#state = "expired";
    this.#task.cancelFor(this, this.toError());
  };
}

function* runTimed<T>(work: TimedWork<T>, deadline: (nowMs: number) => number): Coroutine<T> {
  const loop = currentLoop();
  const task = loop.current as Task<unknown>; // operations run inside a task
  const nowMs = loop.now();
  const timer = new Timeout(task, nowMs, deadline(nowMs));
  try {
    const result = yield* typeof work === "function" ? callTimed(work, timer) : waitOn(work);
    timer.end();
    return result;
  } catch (error) {
    if (timer.end() && error instanceof CancelledError) throw timer.toError(error);
    throw error;
  }
}

/** The signal is made only for a function that declares it. */
function* callTimed<T>(
  work: (timer: Timeout, signal: AbortSignal) => Source<T>,
  timer: Timeout,
): Coroutine<T> {
  const abort = new AbortController();
  const source = work(timer, abort.signal);
  if (!isCoroutineObject(source) && !(Symbol.iterator in source))
    return (yield* untilSettled(source, (cancel) => abort.abort(cancel))) as T;
  try {
    return yield* waitOn(source);
  } catch (error) {
    if (error instanceof CancelledError) abort.abort(error);
    throw error;
  }
}

function expectTime(whenMs: number): void {
  if (typeof whenMs === "number" && !Number.isNaN(whenMs)) return;
  throw new InvalidArgumentError(`expected a time in milliseconds for whenMs, got ${describeValue(whenMs)}`);
}
