import { enterLoop } from "./current.ts";
import { FAILED, FULFILLED, Future, type Runnable } from "./future.ts";
import { type ItemReceiver, ItemSource } from "./item-source.ts";
import type { Loop } from "./loop.ts";
import { type CallContext, MapCall } from "./map-call.ts";
import type { Place, Results } from "./map-results.ts";
import { PullIterator } from "./pull-iterator.ts";
import type { Scope } from "./scope.ts";
import { shield } from "./shield.ts";
import { type AnyFunction, startTask, type TaskFunction } from "./start.ts";
import type { Task } from "./task.ts";
import type { Coroutine } from "./waitable.ts";
import { WaiterQueue } from "./waiter-queue.ts";

type Taken<R> = IteratorResult<R, undefined>;

const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Calls begun before the loop, and with it timers and sockets, must have had a turn. */
const callsPerTurn = 256;

/**
 * The calls of one map and their results. Nothing happens before the first result is asked for. Then items are pulled while fewer than
 * `concurrency` calls are under way and fewer than that many results lie ready.
 *
 * A task stands for the stream in the run that it was made in, so that the run's end ends the stream.
 */
export class MapStream<T, R> extends PullIterator<R> implements CallContext<R>, ItemReceiver<T>, Runnable {
  readonly loop: Loop;
  readonly scope: Scope;
  readonly fn: AnyFunction;
  readonly #owner: Task<unknown> | null;
  readonly #source: ItemSource<T>;
  readonly #concurrency: number;
  readonly #results: Results<R>;
  readonly #takers = new WaiterQueue<Taken<R>>("the next result of a map");
  /** Every call object there is; those in `#idle` have no call under way. */
  readonly #calls: MapCall<R>[] = [];
  readonly #idle: MapCall<R>[] = [];
  readonly #over: Future<void>;
  #state: "new" | "open" | "closing" | "over" = "new";
  #failure: { readonly error: unknown } | null = null;
  /** The consumer has stopped: what comes now is for nobody. */
  #abandoned = false;
  #callsLeft = callsPerTurn;
  #pumping = false;
  #closingSource = false;

  constructor(
    loop: Loop,
    source: Iterable<T> | AsyncIterable<T>,
    fn: TaskFunction<R, [T]>,
    { concurrency, results }: { readonly concurrency: number; readonly results: Results<R> },
  ) {
    super();
    this.loop = loop;
    this.#owner = loop.current;
    this.scope = loop.home;
    this.fn = fn as AnyFunction;
    this.#source = new ItemSource(source, this);
    this.#concurrency = concurrency;
    this.#results = results;
    this.#over = new Future<void>(loop);
  }

  /** Stops early: cancels what is under way, waits for it, closes the source. */
  async return(): Promise<Taken<R>> {
    await this.stop();
    return this.#conclude();
  }

  override stop(): Future<void> {
    this.#abandoned = true;
    this.#results.clear();
    this.#close();
    return shield(this.#over);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** A result at once when there is one. */
  override pull(): Taken<R> | Future<Taken<R>> {
    if (this.#state === "new") this.#start();
    if (this.#results.ready && this.#takers.size === 0) return this.#take();
    return this.#state === "over" ? this.#conclude() : this.#takers.join();
  }

  /** @internal */
  stepCame(step: IteratorResult<T>): void {
    this.#begin(step);
    this.#goOn();
  }

  /** @internal */
  sourceFailed(error: unknown): void {
    this.#fail(error);
  }

  /** @internal */
  callFulfilled(call: MapCall<R>, place: Place<R>, value: R): void {
    this.#idle.push(call);
    if (!this.#abandoned) this.#results.fill(place, value);
    while (this.#takers.size > 0 && this.#results.ready) {
      this.#takers.shift()?.settle(FULFILLED, { done: false, value: this.#results.take() });
    }
    this.#goOn();
  }

  /** @internal Also when its task was cancelled from outside, with its run: the consumer must not wait for ever. */
  callFailed(call: MapCall<R>, error: unknown): void {
    this.#idle.push(call);
    this.#fail(error);
    this.#goOn();
  }

  /** @internal The loop has given everybody a turn. */
  run(): void {
    this.#callsLeft = callsPerTurn;
    this.#goOn();
  }

  #start(): void {
    this.#state = "open";
    startTask(this.scope, () => this.#stand(), [], "map").look();
    this.#goOn();
  }

  /** The body of the task that stands for the stream. */
  *#stand(): Coroutine<void> {
    while (!this.#over.done) {
      try {
        yield* shield(this.#over);
      } catch (cancel) {
        this.#fail(cancel);
      }
    }
  }

  get #callsUnderWay(): number {
    return this.#calls.length - this.#idle.length;
  }

  /** Begins calls while there is room for them, and ends when nothing is left to do. */
  #goOn(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#callsLeft > 0 && this.#canBegin()) this.#pullOne();
    this.#pumping = false;
    if (this.#callsUnderWay === 0 && this.#source.ended) this.#close();
    if (this.#state === "closing") this.#closeSource();
  }

  #canBegin(): boolean {
    return (
      this.#state === "open" &&
      this.#callsUnderWay < this.#concurrency &&
      this.#results.size < this.#concurrency &&
      this.#source.ready
    );
  }

  #pullOne(): void {
    if (--this.#callsLeft === 0) this.loop.enqueue(this);
    try {
      const step = this.#source.pull();
      if (step !== null) this.#begin(step);
    } catch (error) {
      this.#fail(error);
    }
  }

  #begin(step: IteratorResult<T>): void {
    if (step.done === true || this.#state !== "open") return;
    const call = this.#idle.pop() ?? this.#addCall();
    const outerLoop = enterLoop(this.loop);
    const outerTask = this.loop.actAs(this.#owner?.done === false ? this.#owner : null);
    call.begin(step.value, this.#results.reserve());
    this.loop.actAs(outerTask);
    enterLoop(outerLoop);
  }

  #addCall(): MapCall<R> {
    const call = new MapCall<R>(this);
    this.#calls.push(call);
    return call;
  }

  #take(): Taken<R> {
    const value = this.#results.take();
    this.#goOn();
    return { done: false, value };
  }

  #fail(error: unknown): void {
    if (this.#state === "closing" || this.#state === "over") return;
    this.#failure = { error };
    this.#close();
  }

  #close(): void {
    if (this.#state === "closing" || this.#state === "over") return;
    this.#state = "closing";
    for (const call of this.#calls) call.cancel("the map ends");
    this.#closeSource();
  }

  /** The source is closed after the calls, which may still use what it holds. */
  #closeSource(): void {
    if (this.#callsUnderWay > 0 || this.#closingSource) return;
    this.#closingSource = true;
    try {
      const closing = this.#source.close();
      if (closing === null) this.#end();
      else closing.then(() => this.#end(), this.#closingFailed);
    } catch (error) {
      this.#closingFailed(error);
    }
  }

  readonly #closingFailed = (error: unknown): void => {
    this.#failure ??= { error };
    this.#end();
  };

  #end(): void {
    this.#state = "over";
    this.#over.settle(FULFILLED, undefined);
    for (let taker = this.#takers.shift(); taker !== null; taker = this.#takers.shift()) this.#dismiss(taker);
  }

  #dismiss(taker: Future<Taken<R>>): void {
    try {
      taker.settle(FULFILLED, this.#conclude());
    } catch (error) {
      taker.settle(FAILED, error);
    }
  }

  /** The failure once, then the end. */
  #conclude(): Taken<R> {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure.error;
    return end;
  }
}
