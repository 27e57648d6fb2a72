import { FAILED, FULFILLED, Future } from "./future.ts";

/** One place in a queue: a future that leaves the queue at once when it is cancelled. */
export class Waiter<T> extends Future<T> {
  /** @internal The queue it stands in; `null` outside one. */
  queue: WaiterQueue<T> | null = null;
  /** @internal Links of the queue; `null` outside it. */
  next: Waiter<T> | null = null;
  /** @internal */
  previous: Waiter<T> | null = null;

  /** @internal */
  override get label(): string {
    return this.queue?.label ?? super.label;
  }

  /** @internal However the wait ends, its place is free. */
  override settle(state: number, outcome: unknown): void {
    this.queue?.remove(this);
    super.settle(state, outcome);
  }
}

/** Who waits for something, first come first served; joining, leaving and withdrawing are O(1). */
export class WaiterQueue<T> {
  /** What its members wait for, in reports. */
  readonly label: string;
  #first: Waiter<T> | null = null;
  #last: Waiter<T> | null = null;
  #size = 0;

  constructor(label = "its turn") {
    this.label = label;
  }

  get size(): number {
    return this.#size;
  }

  /** A new place at the end. */
  join(): Waiter<T> {
    return this.push(new Waiter<T>());
  }

  /** Puts a waiter that stands in no queue at the end. */
  push<W extends Waiter<T>>(waiter: W): W {
    const last = this.#last;
    waiter.queue = this;
    waiter.previous = last;
    if (last === null) this.#first = waiter;
    else last.next = waiter;
    this.#last = waiter;
    this.#size++;
    return waiter;
  }

  /** Takes the first out of the queue, still pending; `null` when nobody waits. */
  shift(): Waiter<T> | null {
    const first = this.#first;
    if (first !== null) this.remove(first);
    return first;
  }

  /** `waiter` is in this queue. */
  remove(waiter: Waiter<T>): void {
    const { next, previous } = waiter;
    if (previous === null) this.#first = next;
    else previous.next = next;
    if (next === null) this.#last = previous;
    else next.previous = previous;
    waiter.queue = null;
    waiter.next = null;
    waiter.previous = null;
    this.#size--;
  }

  /** Gives everybody who waits now the same value, in the order they came. */
  grantAll(value: T): void {
    for (let waiter = this.shift(); waiter !== null; waiter = this.shift()) waiter.settle(FULFILLED, value);
  }

  /** Fails everybody who waits now, each with an error of its own. */
  failAll(createError: () => Error): void {
    for (let waiter = this.shift(); waiter !== null; waiter = this.shift())
      waiter.settle(FAILED, createError());
  }
}

/** A wait that is over before it begins. */
export function granted<T>(value: T): Future<T> {
  const future = new Future<T>();
  future.settle(FULFILLED, value);
  return future;
}

/** A wait that cannot be granted any more. */
export function refused<T>(error: Error): Future<T> {
  const future = new Future<T>();
  future.settle(FAILED, error);
  return future;
}
