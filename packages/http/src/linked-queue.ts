/** What can stand in a {@link LinkedQueue}; in at most one at a time. */
export interface Linked<T> {
  /** Who comes after it; `null` at the end and outside a queue. */
  next: T | null;
  /** Who comes before it; `null` at the start and outside a queue. */
  previous: T | null;
}

/** First in, first out; joining, leaving from anywhere and taking the first are O(1) and allocate nothing. */
export class LinkedQueue<T extends Linked<T>> {
  first: T | null = null;
  #last: T | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** At the end; `item` is in no queue. */
  push(item: T): void {
    const last = this.#last;
    item.previous = last;
    if (last === null) this.first = item;
    else last.next = item;
    this.#last = item;
    this.#size++;
  }

  /** At the start; `item` is in no queue. */
  unshift(item: T): void {
    const { first } = this;
    item.next = first;
    if (first === null) this.#last = item;
    else first.previous = item;
    this.first = item;
    this.#size++;
  }

  /** Takes the first out; `null` when there is none. */
  shift(): T | null {
    const { first } = this;
    if (first !== null) this.remove(first);
    return first;
  }

  /** `item` is in this queue. */
  remove(item: T): void {
    const { next, previous } = item;
    if (previous === null) this.first = next;
    else previous.next = next;
    if (next === null) this.#last = previous;
    else next.previous = previous;
    item.next = null;
    item.previous = null;
    this.#size--;
  }

  /** From the first to the last; the one that was given last may leave meanwhile. */
  *[Symbol.iterator](): Iterator<T> {
    for (let item = this.first; item !== null; ) {
      const { next } = item;
      yield item;
      item = next;
    }
  }
}
