/** First in, first out; leaving from the middle costs as little as leaving from the front. */
export class CallQueue<T> {
  readonly #calls = new Set<T>();
  /** Walks the set once, also over what is added later. A new walk from the front would pass over all that has left. */
  #walk: Iterator<T> = this.#calls.values();

  get size(): number {
    return this.#calls.size;
  }

  push(call: T): void {
    this.#calls.add(call);
  }

  /** False when it was not in the queue. */
  remove(call: T): boolean {
    return this.#calls.delete(call);
  }

  /** The one that has waited longest. */
  shift(): T | undefined {
    let next = this.#walk.next();
    if (next.done === true) {
      this.#walk = this.#calls.values(); // a walk that has ended stays ended
      next = this.#walk.next();
    }
    if (next.done === true) return undefined;
    this.#calls.delete(next.value);
    return next.value;
  }
}
