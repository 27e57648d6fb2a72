/** First in, first out, over one array: taken places are given back once they are the larger half. */
export class Fifo<T> {
  readonly #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The oldest; the caller knows that there is one. */
  shift(): T {
    const item = this.#items[this.#head] as T;
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) this.#clear();
    else if (this.#head >= 256 && this.#head * 2 >= this.#items.length) this.#compact();
    return item;
  }

  /** The oldest, which stays; `undefined` when there is none. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  #clear(): void {
    this.#items.length = 0;
    this.#head = 0;
  }

  #compact(): void {
    this.#items.splice(0, this.#head);
    this.#head = 0;
  }
}
