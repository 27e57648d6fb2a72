/** The events of a simulation, the earliest first; ties in any order. */
export class EventHeap {
  readonly #times: number[] = [];
  readonly #events: number[] = [];

  get size(): number {
    return this.#times.length;
  }

  /** When the earliest is; Infinity when there is none. */
  get nextMs(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  push(atMs: number, event: number): void {
    const times = this.#times;
    const events = this.#events;
    let at = times.length;
    times.push(atMs);
    events.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentMs = times[parent] as number; // a parent is always there
      if (parentMs <= atMs) break;
      times[at] = parentMs;
      events[at] = events[parent] as number;
      at = parent;
    }
    times[at] = atMs;
    events[at] = event;
  }

  /** Takes the earliest; there must be one. */
  pop(): number {
    const times = this.#times;
    const events = this.#events;
    const first = events[0] as number;
    const lastMs = times.pop() as number;
    const last = events.pop() as number;
    const size = times.length;
    let at = 0;
    while (size > 0) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && (times[child + 1] as number) < (times[child] as number)) child++;
      const childMs = times[child] as number;
      if (childMs >= lastMs) break;
      times[at] = childMs;
      events[at] = events[child] as number;
      at = child;
    }
    if (size > 0) {
      times[at] = lastMs;
      events[at] = last;
    }
    return first;
  }
}
