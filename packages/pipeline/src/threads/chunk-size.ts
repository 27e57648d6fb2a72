/** A chunk should keep its thread busy for so long: a message between threads costs some 20 µs, so that is 1 % of it. */
const targetMs = 2;
const largest = 1_024;
/** How much the last chunk counts against those before it. */
const weight = 0.3;

/** How many items go to a thread in one message, found while they run: one item that takes long, or many that don't. */
export class ChunkSize {
  #msPerItem: number | null = null;
  #items = 1;

  get items(): number {
    return this.#items;
  }

  /** A chunk of so many items took so long on its thread. */
  observe(items: number, durationMs: number): void {
    const msPerItem = durationMs / items;
    this.#msPerItem =
      this.#msPerItem === null ? msPerItem : this.#msPerItem * (1 - weight) + msPerItem * weight;
    const wanted = Math.floor(targetMs / Math.max(this.#msPerItem, targetMs / largest));
    // The first items of a thread run uncompiled and say little.
    this.#items = Math.max(1, Math.min(wanted, this.#items * 4));
  }
}
