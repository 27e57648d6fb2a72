import { currentLoop } from "./current.ts";
import { describeValue, expectDuration, InvalidArgumentError } from "./errors.ts";
import { FAILED, FULFILLED, Future, PENDING, type Runnable } from "./future.ts";
import { Operation } from "./operation.ts";
import { listSources } from "./source.ts";
import type { Coroutine, Waitable } from "./waitable.ts";

/** Options of `wait`. */
export interface WaitOptions {
  /**
   * When to return: when all are done, when one is done, or when one has failed (or all are done). A cancelled future does
   * not count as failed.
   *
   * @default "allCompleted"
   */
  readonly returnWhen?: "allCompleted" | "firstCompleted" | "firstException";
  /** Returns after this many milliseconds at the latest, with what is done by then; at least 0. @default no limit */
  readonly timeoutMs?: number;
}

/** What `wait` found, each in the order in which the futures were given. */
export interface WaitResult<F> {
  readonly done: Set<F>;
  readonly pending: Set<F>;
}

/**
 * Waits for futures without taking their results: nothing is thrown when one fails, and a failure that nobody looks at
 * afterwards is reported. What is done when the waiting task goes on counts as done. Neither the time limit nor a cancel touches
 * the futures.
 *
 * @throws InvalidArgumentError when there is no future, or something else than a future among them.
 * @example
 * const { done, pending } = yield* wait(tasks, { returnWhen: "firstCompleted", timeoutMs: 500 });
 */
export function wait<F extends Future<unknown>>(
  futures: Iterable<F>,
  { returnWhen = "allCompleted", timeoutMs = Number.POSITIVE_INFINITY }: WaitOptions = {},
): Waitable<WaitResult<F>> {
  const list = listSources("wait", futures);
  for (const future of list) expectFuture(future);
  if (list.length === 0) throw new InvalidArgumentError("expected at least one future for wait, got none");
  const isEnough = conditions[returnWhen];
  if (isEnough === undefined) throw unknownCondition(returnWhen);
  expectDuration("timeoutMs", timeoutMs);
  return new Operation(runWait<F>, [new Set(list), isEnough, timeoutMs]);
}

/** Whether to return, with this many not done, one of which may just have become `latest`. */
type Condition = (left: number, latest: Future<unknown>) => boolean;

const conditions: Readonly<Record<string, Condition>> = {
  allCompleted: (left) => left === 0,
  firstCompleted: () => true,
  firstException: (left, latest) => left === 0 || latest.settled === FAILED,
};

function* runWait<F extends Future<unknown>>(
  futures: ReadonlySet<F>,
  isEnough: Condition,
  timeoutMs: number,
): Coroutine<WaitResult<F>> {
  const watch = new Watch(futures, isEnough);
  const timer = Number.isFinite(timeoutMs) ? currentLoop().callLater(timeoutMs, () => watch.stop()) : null;
  try {
    yield* watch.enough;
  } finally {
    timer?.cancel();
    watch.stop();
  }
  return partition(futures);
}

/** Hears of every future until it is enough. */
class Watch {
  readonly enough: Future<void> = new Future<void>();
  readonly #isEnough: Condition;
  readonly #observers: Observer[] = [];
  #left: number;

  constructor(futures: ReadonlySet<Future<unknown>>, isEnough: Condition) {
    this.#isEnough = isEnough;
    this.#left = futures.size;
    for (const future of futures) {
      if (future.settled === PENDING) this.#observers.push(new Observer(this, future));
      else this.futureDone(future);
    }
  }

  futureDone(future: Future<unknown>): void {
    this.#left--;
    if (this.#isEnough(this.#left, future)) this.stop();
  }

  /** Leaves no trace in futures that are not done. */
  stop(): void {
    if (this.enough.settled === PENDING) this.enough.settle(FULFILLED, undefined);
    for (const observer of this.#observers) observer.future.removeWaiter(observer);
    this.#observers.length = 0;
  }
}

class Observer implements Runnable {
  readonly future: Future<unknown>;
  readonly #watch: Watch;

  constructor(watch: Watch, future: Future<unknown>) {
    this.#watch = watch;
    this.future = future;
    future.addObserver(this);
  }

  run(): void {
    this.#watch.futureDone(this.future);
  }
}

function partition<F extends Future<unknown>>(futures: ReadonlySet<F>): WaitResult<F> {
  const result: WaitResult<F> = { done: new Set(), pending: new Set() };
  for (const future of futures) (future.done ? result.done : result.pending).add(future);
  return result;
}

function expectFuture(value: unknown): void {
  if (value instanceof Future) return;
  throw new InvalidArgumentError(
    `expected futures or tasks for wait, got ${describeValue(value)}: make a task of it with createTask`,
  );
}

function unknownCondition(value: unknown): InvalidArgumentError {
  const known = Object.keys(conditions).join(", ");
  return new InvalidArgumentError(`expected one of ${known} for returnWhen, got ${describeValue(value)}`);
}
