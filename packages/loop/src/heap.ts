interface Entry<T> {
  readonly item: T;
  /** Equal items leave in the order they came. */
  readonly sequence: number;
}

/** A binary heap: the least item first, equals first come first served. A `compare` that throws changes nothing. */
export class Heap<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #entries: Entry<T>[] = [];
  #sequence = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#entries.length;
  }

  push(item: T): void {
    const entries = this.#entries;
    const entry = { item, sequence: this.#sequence++ };
    const target = this.#placeAbove(entry);
    for (let at = entries.length; at > target; at = parentOf(at)) {
      entries[at] = entries[parentOf(at)] as Entry<T>; // inner nodes exist
    }
    entries[target] = entry;
  }

  /** The least item; the caller knows that there is one. */
  shift(): T {
    const entries = this.#entries;
    const target = this.#placeBelow();
    let moving = entries.pop() as Entry<T>;
    if (entries.length === 0) return moving.item;
    for (let at = target; at >= 0; at = parentOf(at)) {
      const displaced = entries[at] as Entry<T>; // at most the last index
      entries[at] = moving;
      moving = displaced;
    }
    return moving.item;
  }

  /** Where a new entry belongs, on the way up from the end. */
  #placeAbove(entry: Entry<T>): number {
    let at = this.#entries.length;
    while (at > 0 && this.#isBefore(entry, this.#entries[parentOf(at)] as Entry<T>)) at = parentOf(at);
    return at;
  }

  /** Where the last entry belongs once the first is gone, on the way down from the root. */
  #placeBelow(): number {
    const entries = this.#entries;
    const last = entries.at(-1) as Entry<T>;
    let at = 0;
    for (;;) {
      const child = this.#lesserChild(at);
      if (child < 0 || !this.#isBefore(entries[child] as Entry<T>, last)) return at;
      at = child;
    }
  }

  /** Not counting the last entry, which is moving; -1 when there is none. */
  #lesserChild(parent: number): number {
    const entries = this.#entries;
    const left = 2 * parent + 1;
    const right = left + 1;
    const end = entries.length - 1;
    if (left >= end) return -1;
    if (right >= end) return left;
    return this.#isBefore(entries[right] as Entry<T>, entries[left] as Entry<T>) ? right : left;
  }

  #isBefore(a: Entry<T>, b: Entry<T>): boolean {
    const order = this.#compare(a.item, b.item);
    return order < 0 || (order === 0 && a.sequence < b.sequence);
  }
}

/** -1 for the root. */
function parentOf(at: number): number {
  return (at - 1) >> 1;
}
