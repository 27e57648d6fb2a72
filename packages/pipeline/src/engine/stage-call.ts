import { type CancelledError, type Coroutine, createTask, Future, until, type Waitable } from "@overlap/loop";
import type { Item } from "./item.ts";
import type { Place } from "./outlet.ts";
import type { ItemContext } from "./stage.ts";

/** Who hears how a call ended. */
export interface CallOwner {
  readonly fn: (value: unknown, context: CallContext) => unknown;
  callReturned(call: StageCall, result: unknown): void;
  callFailed(call: StageCall, error: unknown): void;
}

/** What the function gets for one item. */
export class CallContext implements ItemContext {
  /** What is still to be done: members of a batch that are saved leave it between two attempts. */
  item: Item;
  attempt = 1;
  #controller: AbortController | null = null;

  constructor(item: Item) {
    this.item = item;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  get idempotencyKey(): string {
    return this.item.key;
  }

  get idempotencyKeys(): readonly string[] {
    return this.item.members?.map((member) => member.key) ?? [this.item.key];
  }

  /** A context with a signal of its own for the attempt that begins. */
  ofAttempt(): CallContext {
    const context = new CallContext(this.item);
    context.attempt = this.attempt;
    return context;
  }

  /** Fires the signal, if anybody has asked for it. */
  abort(reason: unknown): void {
    this.#controller?.abort(reason);
  }
}

/** One call of a stage's function at a time, and then the next: a native promise costs its `then` and nothing else. */
export class StageCall {
  readonly #owner: CallOwner;
  /** What the call is for; `null` while none is under way. */
  item: Item | null = null;
  place: Place | null = null;
  startMs = 0;
  #context: CallContext | null = null;
  #future: Future<unknown> | null = null;

  constructor(owner: CallOwner) {
    this.#owner = owner;
  }

  /** Attempts that the call has made. */
  get attempts(): number {
    return this.#context?.attempt ?? 0;
  }

  /** Calls the function; the owner hears of the end, never before this returns unless the function throws at once. */
  begin(item: Item, place: Place, startMs: number): void {
    this.item = item;
    this.place = place;
    this.startMs = startMs;
    this.#context = new CallContext(item);
    try {
      this.#follow(this.#owner.fn(item.value, this.#context));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Asks the work to end; the owner hears when it has. */
  cancel(reason: CancelledError): void {
    this.#future?.cancel(reason.reason);
    this.#context?.abort(reason);
  }

  /** Nobody waits for this call any more: what it brings later is ignored. */
  abandon(): void {
    this.item = null;
  }

  #follow(result: unknown): void {
    if (result instanceof Promise) result.then(this.#return, this.#fail);
    else if (isCoroutine(result)) this.#followFuture(createTask(() => result));
    else if (isWaitable(result))
      this.#followFuture(result instanceof Future ? result : createTask(() => result));
    else if (isThenable(result)) this.#followFuture(until(result));
    else this.#return(result);
  }

  #followFuture(future: Future<unknown>): void {
    this.#future = future;
    future.addDoneCallback(this.#settled);
  }

  readonly #settled = (future: Future<unknown>): void => {
    this.#future = null;
    if (future.state === "fulfilled") this.#return(future.result());
    else this.#fail(failureOf(future));
  };

  readonly #return = (result: unknown): void => {
    if (this.item !== null) this.#owner.callReturned(this, result);
  };

  readonly #fail = (error: unknown): void => {
    if (this.item !== null) this.#owner.callFailed(this, error);
  };
}

function failureOf(future: Future<unknown>): unknown {
  try {
    return future.exception();
  } catch (cancel) {
    return cancel;
  }
}

/**
 * Whatever a function of a stage or of a sink may return, waited for: for a sink that is made of others.
 *
 * @throws what it fails with.
 * @example
 * const doubled = { ...sink, *open(opening) { const writer = yield* resultOf(sink.open(opening)); return writer; } };
 */
export function* resultOf<R>(result: unknown): Coroutine<R> {
  if (isCoroutine(result)) return (yield* result) as R;
  if (isWaitable(result)) return (yield* result) as R;
  if (isThenable(result)) return (yield* until(result)) as R;
  return result as R;
}

/** Whether it is a coroutine that has not begun. */
export function isCoroutine(value: unknown): value is Coroutine<unknown> {
  const candidate = value as Partial<Coroutine<unknown>> | null | undefined;
  return typeof candidate?.next === "function" && typeof candidate.throw === "function";
}

/** Whether it can be waited for with `yield*`. */
export function isWaitable(value: unknown): value is Waitable<unknown> {
  return isThenable(value) && Symbol.iterator in value;
}

/** Whether it can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  const candidate = value as Partial<PromiseLike<unknown>> | null | undefined;
  return typeof candidate?.then === "function";
}
