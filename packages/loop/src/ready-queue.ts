const smallest = 64;

/** A first-in first-out queue on a ring whose capacity is a power of two; grows by doubling, never shrinks below 64. */
export class ReadyQueue<T> {
  #ring: (T | undefined)[] = new Array(smallest).fill(undefined);
  #mask: number = smallest - 1;
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    if (this.#size > this.#mask) this.#resize(this.#ring.length * 2);
    this.#ring[(this.#head + this.#size) & this.#mask] = item;
    this.#size++;
  }

  /** The oldest item; the caller knows that there is one. */
  shift(): T {
    const item = this.#ring[this.#head] as T;
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & this.#mask;
    this.#size--;
    return item;
  }

  /** Gives the memory of a burst back. */
  compact(): void {
    if (this.#size === 0 && this.#mask >= 65_536) this.#resize(smallest);
  }

  #resize(capacity: number): void {
    const ring: (T | undefined)[] = new Array(capacity).fill(undefined);
    for (let i = 0; i < this.#size; i++) ring[i] = this.#ring[(this.#head + i) & this.#mask];
    this.#ring = ring;
    this.#mask = capacity - 1;
    this.#head = 0;
  }
}
