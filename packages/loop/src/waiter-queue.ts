import { currentLoop } from "./current.ts";
import { CANCELLED, Future } from "./future.ts";

/** One place in a queue: a future that leaves the queue at once when it is cancelled. */
export class Waiter<T> extends Future<T> {
  readonly #queue: WaiterQueue<T>;
  /** @internal Links of the queue; `null` outside it. */
  next: Waiter<T> | null = null;
  /** @internal */
  previous: Waiter<T> | null = null;

  constructor(queue: WaiterQueue<T>) {
    super(currentLoop());
    this.#queue = queue;
  }

  /** @internal */
  override get label(): string {
    return this.#queue.label;
  }

  override settle(state: number, outcome: unknown): void {
    if (state === CANCELLED) this.#queue.remove(this);
    super.settle(state, outcome);
  }
}

/** Who waits for something, first come first served; joining, leaving and withdrawing are O(1). */
export class WaiterQueue<T> {
  #first: Waiter<T> | null = null;
  #last: Waiter<T> | null = null;
  #size = 0;
  /** What its members wait for, in reports. */
  readonly label: string;

  constructor(label = "its turn") {
    this.label = label;
  }

  get size(): number {
    return this.#size;
  }

  /** A new place at the end. */
  join(): Waiter<T> {
    const waiter = new Waiter<T>(this);
    const last = this.#last;
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
    waiter.next = null;
    waiter.previous = null;
    this.#size--;
  }
}
