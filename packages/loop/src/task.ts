import { CancelledError, describeValue, InvalidStateError, NotWaitableError } from "./errors.ts";
import { CANCELLED, FAILED, FULFILLED, Future, isThenable, PENDING, type Runnable } from "./future.ts";
import { type CancelRequest, deferCancel, firstOf, Rare } from "./rare.ts";
import type { Scope } from "./scope.ts";
import { readStack, type StackFrame } from "./stack.ts";
import { type Coroutine, forgetEntered, suspended, turn, type Wait } from "./waitable.ts";

/**
 * A future that runs a coroutine (or a native async function, see `createTask`). It starts at the next turn of the loop.
 *
 * Cancelling throws `CancelledError` into the coroutine at the wait it is in. A wait that had completed delivers its
 * value first, and the cancel strikes at the next one, so nothing that was granted is lost.
 */
export class Task<T> extends Future<T> implements Runnable {
  /** The generator that runs now, innermost frame first. */
  #body: Coroutine<unknown> | null;
  #waitingFor: Future<unknown> | null = null;
  #rare: Rare | null = null;
  /** @internal Where it is listed while it lives. */
  readonly scope: Scope;
  /** @internal Neighbours in the scope's list. */
  nextInScope: Task<unknown> | null = null;
  /** @internal */
  previousInScope: Task<unknown> | null = null;
  /** What the task is called in reports: the name given to it, else its function's. */
  readonly name: string;

  /** @internal Use `createTask`, `run` or a group. */
  constructor(scope: Scope, name: string, body: Coroutine<T>) {
    super(scope.loop);
    this.#body = body;
    this.scope = scope;
    this.name = name;
    scope.add(this);
    this.loop.enqueue(this);
    if (this.loop.contexts !== null) this.loop.contexts.keep(this);
    if (this.loop.observers !== null) this.loop.observers.taskStarted(this);
  }

  /**
   * Asks the task to end: what it waits for is withdrawn at once, and `CancelledError` with this reason is thrown into it.
   * The coroutine may clean up, waiting if it must, and should throw the error on. False when the task is done.
   */
  override cancel(reason?: unknown): boolean {
    return this.cancelFor(this, reason);
  }

  /** @internal A cancel that `owner` may take back. */
  cancelFor(owner: object, reason: unknown): boolean {
    if (this.settled !== PENDING) return super.cancel();
    this.#rare ??= new Rare();
    this.#rare.cancelRequests++;
    if (this.#waitingFor === null || !withdraw(this.#waitingFor, reason)) {
      deferCancel(this.#rare, { owner, error: new CancelledError(reason) });
    }
    this.#fireSignal(this.#rare, reason);
    return true;
  }

  /**
   * Fires when the task is asked to end, with a `CancelledError` as its reason; for `fetch` and whatever else takes a signal.
   * Each signal fires once, at the first cancel after it was asked for: a `finally` that asks gets a fresh one. It has fired
   * already when a cancel is on its way that no wait has delivered yet, and when the task has ended cancelled.
   *
   * @example
   * const response = yield* until(fetch(url, { signal: task.signal }));
   */
  get signal(): AbortSignal {
    if (this.settled === CANCELLED) return AbortSignal.abort(this.outcome);
    this.#rare ??= new Rare();
    if (this.#rare.undelivered !== null) return AbortSignal.abort(firstOf(this.#rare.undelivered));
    this.#rare.abort ??= new AbortController();
    return this.#rare.abort.signal;
  }

  #fireSignal(rare: Rare, reason: unknown): void {
    const { abort } = rare;
    rare.abort = null;
    abort?.abort(new CancelledError(reason));
  }

  /**
   * Where a task that waits has got to: a frame for its coroutine and each `co()` call that it is in, innermost first. A
   * plain generator that another one runs with `yield*` is not seen, only the outermost of such a chain. Names everywhere; script,
   * line and column in Node, where V8's inspector is asked. Costs some milliseconds when called, and nothing until then. No frames
   * when the task has ended; no place for a frame that runs now.
   */
  stack(): StackFrame[] {
    if (this.#body === null) return [];
    return readStack([this.#body, ...(this.#rare?.callers.toReversed() ?? [])], this.name);
  }

  /** How many cancel requests have not been taken back by `uncancel`. */
  get cancelling(): number {
    return this.#rare?.cancelRequests ?? 0;
  }

  /** Takes one cancel request back, for code that turns a cancel of its own into something else; returns what is left. */
  uncancel(): number {
    const rare = this.#rare;
    if (rare === null) return 0;
    if (rare.cancelRequests > 0) rare.cancelRequests--;
    if (rare.cancelRequests === 0) rare.undelivered = null;
    return rare.cancelRequests;
  }

  /** @internal Takes back what `owner` asked for; a cancel of somebody else that is on its way still strikes. */
  takeBack(owner: object): number {
    const rare = this.#rare;
    if (rare === null) return 0;
    const others = rare.undelivered?.filter((request) => request.owner !== owner) ?? [];
    rare.undelivered = others.length > 0 ? others : null;
    return this.uncancel();
  }

  /** @internal A cancel was caught so that something could be finished first: it strikes at the next wait. */
  putOff(cancel: CancelledError): void {
    this.#rare ??= new Rare();
    deferCancel(this.#rare, { owner: this, error: cancel });
  }

  /** Tasks end when their coroutine ends. @throws InvalidStateError always. */
  override setResult(): void {
    throw new InvalidStateError("a task's result is what its coroutine returns; it cannot be set");
  }

  /** Tasks end when their coroutine ends. @throws InvalidStateError always. */
  override setException(): void {
    throw new InvalidStateError("a task's exception is what its coroutine throws; it cannot be set");
  }

  /** @internal What it sleeps for; `null` while it is ready, running or done. */
  get waitsFor(): Future<unknown> | null {
    return this.#waitingFor;
  }

  /** @internal */
  override get label(): string {
    return `task ${this.name}`;
  }

  /** @internal Called by a wait: sleep until `future` is done. */
  waitFor(future: Future<unknown>): void {
    if (future === this) throw new InvalidStateError(`task ${this.name} waits for itself`);
    if (future.loop !== this.loop)
      throw new InvalidStateError(`task ${this.name} waits for ${future.label} of another loop`);
    this.#waitingFor = future;
    future.addWaiter(this);
    const rare = this.#rare;
    if (rare?.undelivered && withdraw(future, firstOf(rare.undelivered).reason)) rare.undelivered = null;
  }

  /** @internal Called by an operation: run `body` and hand what it returns to the frame that waits for it. */
  enterFrame(body: Coroutine<unknown>): void {
    this.#rare ??= new Rare();
    this.#rare.callers.push(this.#body as Coroutine<unknown>); // a frame is entered by a running body
    this.#body = body;
  }

  /** @internal One step: deliver what the wait brought and run to the next wait. No step begins within another. */
  run(): void {
    if (this.#waitingFor === null && this.#rare === null) {
      // By far the most frequent step, and a small one, so that it is compiled as one piece.
      const step = advance(this.#body as Coroutine<unknown>, false, undefined); // there is a body until the task is done
      if (step === suspended && suspended.value === turn) this.loop.enqueue(this);
      else this.#follow(step, null);
    } else {
      this.#deliver();
    }
  }

  /** Passes on what the wait brought, or a cancel when it waited for nothing but its turn. */
  #deliver(): void {
    const body = this.#body as Coroutine<unknown>;
    const wait = this.#waitingFor;
    const rare = this.#rare;
    this.#waitingFor = null;
    const cancels = rare === null ? null : rare.undelivered;
    if (wait === null && cancels !== null) {
      (rare as Rare).undelivered = null; // there is one when there are cancels
      this.#follow(advance(body, true, firstOf(cancels)), null);
    } else if (wait === null || wait.settled === FULFILLED) {
      this.#follow(advance(body, false, wait?.outcome), cancels);
    } else {
      if (wait.settled === CANCELLED && rare !== null) rare.undelivered = null;
      this.#follow(advance(body, true, wait.outcome), wait.settled === CANCELLED ? null : cancels);
    }
  }

  /** Goes on from what the body did, through frames that begin and end, until one has to sleep or the outermost has ended. */
  #follow(first: Step, late: readonly CancelRequest[] | null): void {
    for (let step = first; ; ) {
      if (step === threw || step.done) {
        const caller = this.#rare?.callers.pop();
        if (caller === undefined) return this.#end(step, late);
        this.#body = caller;
        step = advance(caller, step === threw, step.value);
      } else {
        const parked = park(step, this);
        if (parked === "asleep") return;
        step = advance(
          this.#body as Coroutine<unknown>,
          parked === "refused",
          parked === "refused" ? threw.value : undefined,
        );
      }
    }
  }

  /** Cancels that came too `late` for the last wait must not cost what that wait has brought. */
  #end(step: Step, late: readonly CancelRequest[] | null): void {
    const { value } = step;
    threw.value = undefined;
    const newest = this.#rare?.undelivered?.at(-1);
    this.#body = null;
    if (step === threw) this.settle(value instanceof CancelledError ? CANCELLED : FAILED, value);
    else if (newest !== undefined && late?.includes(newest) !== true) this.settle(CANCELLED, newest.error);
    else if (isThenable(value)) this.settle(FAILED, returnedThenable(this.name, value));
    else this.settle(FULFILLED, value);
  }

  /** @internal */
  override settle(state: number, outcome: unknown): void {
    super.settle(state, outcome);
    this.scope.remove(this);
    if (this.loop.observers !== null) this.loop.observers.taskDone(this);
  }
}

/** What a body did: it yielded, returned, or threw. */
type Step = IteratorResult<Wait, unknown> | typeof threw;

/** Stands for a throw, so that a step is one value and no `try` surrounds the rest; `value` is what was thrown last. */
const threw: { readonly done: true; value: unknown } = { done: true, value: undefined };

function advance(body: Coroutine<unknown>, failing: boolean, input: unknown): Step {
  try {
    forgetEntered();
    return failing ? body.throw(input) : body.next(input);
  } catch (error) {
    threw.value = error;
    return threw;
  }
}

/** Begins the wait that was yielded. `entered`: a frame begins at once. `refused`: it cannot be waited for, see `threw`. */
function park(step: { readonly value: Wait }, task: Task<unknown>): "asleep" | "entered" | "refused" {
  try {
    if (step !== suspended) throw notWaitable(step.value);
    return suspended.value.park(task) ? "entered" : "asleep";
  } catch (error) {
    threw.value = error;
    return "refused";
  }
}

/** False when the cancel has not arrived yet: the wait is over, or it is a task that may end with a value in spite of it. */
function withdraw(wait: Future<unknown>, reason: unknown): boolean {
  return wait.cancel(reason) && wait.settled !== PENDING;
}

function notWaitable(value: unknown): NotWaitableError {
  const what = describeValue(value);
  return new NotWaitableError(
    isThenable(value)
      ? `a coroutine yielded ${what}: wait with yield* instead of yield, and for a promise with yield* until(promise)`
      : `a coroutine yielded ${what}, which cannot be waited for: use yield* with a future, a task or an operation`,
  );
}

function returnedThenable(name: string, value: unknown): InvalidStateError {
  return new InvalidStateError(
    `task ${name} returned ${describeValue(value)}, which is still to be waited for: return yield* it (a promise: yield* until(promise))`,
  );
}
