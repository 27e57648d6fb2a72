interface Entry {
  readonly key: number;
  readonly value: number;
}

/** A binary heap of numbers by key, least key first; equal keys come out in any order. */
export class MinHeap {
  readonly #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** The least key, or `Infinity` when the heap is empty. */
  get leastKey(): number {
    return this.#entries[0]?.key ?? Number.POSITIVE_INFINITY;
  }

  push(key: number, value: number): void {
    const entries = this.#entries;
    let at = entries.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = entries[parent];
      if (above === undefined || above.key <= key) break;
      entries[at] = above;
      at = parent;
    }
    entries[at] = { key, value };
  }

  /** Takes out the value with the least key. */
  pop(): number | undefined {
    const least = this.#entries[0];
    const last = this.#entries.pop();
    if (last !== undefined && this.#entries.length > 0) this.#sink(last);
    return least?.value;
  }

  #sink(entry: Entry): void {
    const entries = this.#entries;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const child = (entries[right]?.key ?? Number.POSITIVE_INFINITY) < keyOf(entries[left]) ? right : left;
      const below = entries[child];
      if (below === undefined || below.key >= entry.key) break;
      entries[at] = below;
      at = child;
    }
    entries[at] = entry;
  }
}

function keyOf(entry: Entry | undefined): number {
  return entry?.key ?? Number.POSITIVE_INFINITY;
}
