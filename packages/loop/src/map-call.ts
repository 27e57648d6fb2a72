import { CancelledError } from "./errors.ts";
import { FULFILLED, type Future, isThenable, type Runnable } from "./future.ts";
import type { Loop } from "./loop.ts";
import type { Place } from "./map-results.ts";
import type { Scope } from "./scope.ts";
import { isWaitable, toFuture } from "./source.ts";
import { type AnyFunction, isCoroutineObject } from "./start.ts";
import { Task } from "./task.ts";
import type { Coroutine } from "./waitable.ts";

/** What all calls of a map have in common. */
export interface CallContext<R> {
  readonly loop: Loop;
  /** Where the tasks of coroutine calls belong. */
  readonly scope: Scope;
  readonly fn: AnyFunction;
  /** A call has ended well. */
  callFulfilled(call: MapCall<R>, place: Place<R>, value: R): void;
  /** A call has failed or was cancelled. */
  callFailed(call: MapCall<R>, error: unknown): void;
}

/**
 * One call of a map's function at a time, and then the next: a native promise costs its `then` and nothing else, a coroutine
 * becomes a task.
 */
export class MapCall<R> implements Runnable {
  readonly #context: CallContext<R>;
  /** Where the result goes; `null` while no call is under way. */
  #place: Place<R> | null = null;
  #future: Future<R> | null = null;
  #abort: AbortController | null = null;

  constructor(context: CallContext<R>) {
    this.#context = context;
  }

  /** Calls the function; the context hears of the end, perhaps before this returns. */
  begin(item: unknown, place: Place<R>): void {
    this.#place = place;
    let result: unknown;
    try {
      result = this.#callFunction(item);
    } catch (error) {
      this.#failed(error);
      return;
    }
    if (isCoroutineObject(result)) this.#follow(this.#createTask(result as Coroutine<R>));
    else if (isWaitable(result)) this.#follow(toFuture(this.#context.loop, result) as Future<R>);
    else if (isThenable(result)) result.then(this.#fulfilled, this.#failed);
    else this.#fulfilled(result);
  }

  /** Asks a call that is under way to end; it says itself when it has. */
  cancel(reason: string): void {
    if (this.#place === null) return;
    this.#future?.cancel(reason);
    this.#abort?.abort(new CancelledError(reason));
  }

  /** @internal The future is done. */
  run(): void {
    const { settled, outcome } = this.#future as Future<R>; // only a followed future schedules this
    if (settled === FULFILLED) this.#fulfilled(outcome);
    else this.#failed(outcome);
  }

  /** A function that declares a second parameter gets a signal there. */
  #callFunction(item: unknown): unknown {
    const { fn } = this.#context;
    if (fn.length < 2) return fn(item);
    this.#abort = new AbortController();
    return fn(item, this.#abort.signal);
  }

  #createTask(body: Coroutine<R>): Task<R> {
    const { scope, fn } = this.#context;
    return new Task<R>(scope, fn.name || "map", body);
  }

  #follow(future: Future<R>): void {
    this.#future = future;
    future.addWaiter(this);
  }

  readonly #fulfilled = (value: unknown): void => {
    const place = this.#place as Place<R>; // a call is under way
    this.#release();
    this.#context.callFulfilled(this, place, value as R);
  };

  readonly #failed = (error: unknown): void => {
    this.#release();
    this.#context.callFailed(this, error);
  };

  #release(): void {
    this.#place = null;
    this.#future = null;
    this.#abort = null;
  }
}
