import { currentLoop } from "./current.ts";
import { expectDuration, InvalidStateError, TimeoutError } from "./errors.ts";
import { FAILED, FULFILLED, Future, PENDING, type Runnable } from "./future.ts";
import { Operation } from "./operation.ts";
import { PullIterator } from "./pull-iterator.ts";
import { ReadyQueue } from "./ready-queue.ts";
import { type FutureOf, type ResultOf, type Source, startAll } from "./source.ts";
import type { TimerHandle } from "./timer-queue.ts";
import type { Coroutine, Waitable } from "./waitable.ts";
import { WaiterQueue } from "./waiter-queue.ts";

/** Options of `asCompleted`. */
export interface AsCompletedOptions {
  /** After this many milliseconds what is not done yet is given up with a `TimeoutError`; at least 0. @default no limit */
  readonly timeoutMs?: number;
}

/**
 * The sources in the order in which they end. As an async iterable (`for await`, `each`) it gives the original futures, done.
 * As a plain iterable it gives, at once, as many things to wait for as there are sources: the first one that is waited for
 * brings the result of the first source to end, and so on. Either can be left and taken up again. Stopping, a cancel or the time
 * limit leave the sources alone. Coroutines and operations become tasks of the run; a source given twice counts once.
 *
 * @throws InvalidArgumentError when something among the sources cannot be waited for.
 * @example
 * for (const next of asCompleted(urls.map(fetchPage))) console.log((yield* next).status);
 * @example
 * for await (const task of asCompleted(tasks)) console.log(task.name, task.state);
 */
export function asCompleted<S extends Source<unknown>>(
  sources: Iterable<S>,
  { timeoutMs = Number.POSITIVE_INFINITY }: AsCompletedOptions = {},
): Completions<FutureOf<S>, ResultOf<S>> {
  expectDuration("timeoutMs", timeoutMs);
  const { futures } = startAll("asCompleted", sources);
  return new Completions(new Set(futures as FutureOf<S>[]), timeoutMs);
}

/** What `asCompleted` gives: `F` are the futures, `T` what they bring. */
export class Completions<F extends Future<unknown>, T> extends PullIterator<F> {
  /** Done and not taken; while somebody waits in `#takers` there are none. */
  readonly #ready = new ReadyQueue<F>();
  readonly #takers = new WaiterQueue<IteratorResult<F, undefined>>("the next to complete");
  readonly #observers = new Set<Observer<F>>();
  readonly #timeoutMs: number;
  readonly #timer: TimerHandle | null;
  readonly #total: number;
  /** How many have been taken, or given up when the time was over. */
  #taken = 0;
  /** How many the plain iteration has handed out. */
  #handedOut = 0;
  #expired = false;

  /** @internal */
  constructor(futures: ReadonlySet<F>, timeoutMs: number) {
    super();
    this.#total = futures.size;
    this.#timeoutMs = timeoutMs;
    for (const future of futures) this.#observe(future);
    const isLimited = this.#observers.size > 0 && timeoutMs < Number.POSITIVE_INFINITY;
    this.#timer = isLimited ? currentLoop().callLater(timeoutMs, () => this.#expire()) : null;
  }

  /** The next future that is done. A cancel of the wait loses none. @throws TimeoutError when the time is over. */
  override pull(): IteratorResult<F, undefined> | Future<IteratorResult<F, undefined>> {
    if (this.#taken + this.#takers.size >= this.#total) return { done: true, value: undefined };
    if (this.#ready.size > 0) return this.#take(this.#ready.shift());
    return this.#expired ? this.#timeUp(new Future()) : this.#takers.join();
  }

  /** One wait for each source, at once. Goes on where the last iteration stopped. */
  *[Symbol.iterator](): Generator<Waitable<T>, void, undefined> {
    while (this.#handedOut < this.#total) {
      this.#handedOut++;
      yield new Operation(takeResult<F, T>, [this]);
    }
  }

  #observe(future: F): void {
    if (future.settled !== PENDING) this.#ready.push(future);
    else this.#observers.add(new Observer(future, (observer) => this.#futureDone(observer)));
  }

  #futureDone(observer: Observer<F>): void {
    if (!this.#observers.delete(observer)) return;
    if (this.#observers.size === 0) this.#timer?.cancel();
    const taker = this.#takers.shift();
    if (taker === null) this.#ready.push(observer.future);
    else taker.settle(FULFILLED, this.#take(observer.future));
  }

  #take(future: F): IteratorResult<F, undefined> {
    this.#taken++;
    return { done: false, value: future };
  }

  #expire(): void {
    this.#expired = true;
    for (const observer of this.#observers) {
      if (observer.future.done) this.#futureDone(observer);
      else observer.stop();
    }
    for (let taker = this.#takers.shift(); taker !== null; taker = this.#takers.shift()) this.#timeUp(taker);
  }

  #timeUp<X>(taker: Future<X>): Future<X> {
    this.#taken++;
    const left = this.#observers.size;
    const message = `${left} of ${this.#total} were not done within ${this.#timeoutMs} ms`;
    taker.settle(FAILED, new TimeoutError(message));
    return taker;
  }
}

function* takeResult<F extends Future<unknown>, T>(completions: Completions<F, T>): Coroutine<T> {
  const pulled = completions.pull();
  const step = pulled instanceof Future ? yield* pulled : pulled;
  if (step.done === true) throw new InvalidStateError("every source has been waited for already");
  return (yield* step.value) as T; // the sources of these completions bring a T
}

class Observer<F extends Future<unknown>> implements Runnable {
  readonly future: F;
  readonly #onDone: (observer: Observer<F>) => void;

  constructor(future: F, onDone: (observer: Observer<F>) => void) {
    this.future = future;
    this.#onDone = onDone;
    future.addObserver(this);
  }

  run(): void {
    this.#onDone(this);
  }

  /** Leaves no trace in the future. */
  stop(): void {
    this.future.removeWaiter(this);
  }
}
