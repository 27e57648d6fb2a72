import { CancelledError, describeValue, InvalidStateError, NotWaitableError } from "./errors.ts";
import { CANCELLED, FAILED, FULFILLED, Future, isThenable, PENDING, type Runnable } from "./future.ts";
import type { Scope } from "./scope.ts";
import { type Coroutine, forgetEntered, suspended, type Wait } from "./waitable.ts";

/** A cancel on its way to the next wait, and on whose behalf it was asked for. */
interface CancelRequest {
  readonly owner: object;
  readonly error: CancelledError;
}

/**
 * A future that runs a coroutine (or a native async function, see `createTask`). It starts at the next turn of the loop.
 *
 * Cancelling throws `CancelledError` into the coroutine at the wait it is in. A wait that had completed delivers its
 * value first, and the cancel strikes at the next one, so nothing that was granted is lost.
 */
export class Task<T> extends Future<T> implements Runnable {
  /** What the task is called in reports: the name given to it, else its function's. */
  readonly name: string;
  /** @internal Where it is listed while it lives. */
  readonly scope: Scope;
  /** @internal Neighbours in the scope's list. */
  nextInScope: Task<unknown> | null = null;
  /** @internal */
  previousInScope: Task<unknown> | null = null;
  /** The generator that runs now, innermost frame first. */
  #body: Coroutine<unknown> | null;
  /** The frames that wait for `#body` to return, outermost first; `null` until one is needed. */
  #callers: Coroutine<unknown>[] | null = null;
  #waitingFor: Future<unknown> | null = null;
  /** The cancels that no wait has delivered yet, oldest first; one wait delivers them all. Never changed, only replaced. */
  #undelivered: readonly CancelRequest[] | null = null;
  #cancelRequests = 0;

  /** @internal Use `createTask`, `run` or a group. */
  constructor(scope: Scope, name: string, body: Coroutine<T>) {
    super(scope.loop);
    this.scope = scope;
    this.name = name;
    this.#body = body;
    scope.add(this);
    this.loop.enqueue(this);
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
    this.#cancelRequests++;
    if (this.#waitingFor === null || !withdraw(this.#waitingFor, reason)) {
      this.#undelivered = [...(this.#undelivered ?? []), { owner, error: new CancelledError(reason) }];
    }
    return true;
  }

  /** How many cancel requests have not been taken back by `uncancel`. */
  get cancelling(): number {
    return this.#cancelRequests;
  }

  /** Takes one cancel request back, for code that turns a cancel of its own into something else; returns what is left. */
  uncancel(): number {
    if (this.#cancelRequests > 0) this.#cancelRequests--;
    if (this.#cancelRequests === 0) this.#undelivered = null;
    return this.#cancelRequests;
  }

  /** @internal Takes back what `owner` asked for; a cancel of somebody else that is on its way still strikes. */
  takeBack(owner: object): number {
    const others = this.#undelivered?.filter((request) => request.owner !== owner) ?? [];
    this.#undelivered = others.length > 0 ? others : null;
    return this.uncancel();
  }

  /** @internal A cancel was caught so that something could be finished first: it strikes at the next wait. */
  putOff(cancel: CancelledError): void {
    this.#undelivered = [...(this.#undelivered ?? []), { owner: this, error: cancel }];
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
    if (this.#undelivered !== null && withdraw(future, firstOf(this.#undelivered).reason))
      this.#undelivered = null;
  }

  /** @internal Called by an operation: run `body` and hand what it returns to the frame that waits for it. */
  enterFrame(body: Coroutine<unknown>): void {
    this.#callers ??= [];
    this.#callers.push(this.#body as Coroutine<unknown>); // a frame is entered by a running body
    this.#body = body;
  }

  /** @internal One step: deliver what the wait brought and run to the next wait. */
  run(): void {
    const loop = this.loop;
    const previous = loop.current;
    loop.current = this;
    this.#step();
    loop.current = previous;
  }

  #step(): void {
    const wait = this.#waitingFor;
    this.#waitingFor = null;
    if (wait === null) {
      const cancel = this.#undelivered;
      this.#undelivered = null;
      if (cancel === null) this.#resume(false, undefined);
      else this.#resume(true, firstOf(cancel));
    } else {
      if (wait.settled === CANCELLED) this.#undelivered = null;
      this.#resume(wait.settled !== FULFILLED, wait.outcome);
    }
  }

  /** Runs the body from wait to wait until one has to sleep or the outermost frame has ended. */
  #resume(failed: boolean, input: unknown): void {
    let failing = failed;
    let value = input;
    const late = this.#undelivered;
    for (;;) {
      const body = this.#body as Coroutine<unknown>; // there is one until the task is done
      let step: IteratorResult<Wait, unknown>;
      try {
        forgetEntered();
        step = failing ? body.throw(value) : body.next(value);
      } catch (error) {
        if (!this.#leaveFrame()) return this.#fail(error);
        failing = true;
        value = error;
        continue;
      }
      failing = false;
      if (step.done) {
        value = step.value;
        if (!this.#leaveFrame()) return this.#finish(value, late);
      } else {
        try {
          if (!this.#park(step)) return;
          value = undefined;
        } catch (error) {
          failing = true;
          value = error;
        }
      }
    }
  }

  /** Begins the wait that was yielded; true when the task goes on at once, in a new frame. */
  #park(step: { readonly value: Wait }): boolean {
    if (step !== suspended) throw notWaitable(step.value);
    return suspended.value.park(this);
  }

  /** Goes back to the frame that waits; false when the outermost one has ended. */
  #leaveFrame(): boolean {
    const caller = this.#callers?.pop();
    this.#body = caller ?? null;
    return caller !== undefined;
  }

  /** Cancels that came too `late` for the last wait must not cost what that wait has brought. */
  #finish(value: unknown, late: readonly CancelRequest[] | null): void {
    const newest = this.#undelivered?.at(-1);
    if (newest !== undefined && late?.includes(newest) !== true) this.settle(CANCELLED, newest.error);
    else if (isThenable(value)) this.settle(FAILED, returnedThenable(this.name, value));
    else this.settle(FULFILLED, value);
  }

  #fail(error: unknown): void {
    this.settle(error instanceof CancelledError ? CANCELLED : FAILED, error);
  }

  /** @internal */
  override settle(state: number, outcome: unknown): void {
    super.settle(state, outcome);
    this.scope.remove(this);
  }
}

/** What a wait throws when it delivers `requests`, of which there is one at least. */
function firstOf(requests: readonly CancelRequest[]): CancelledError {
  return (requests[0] as CancelRequest).error;
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
