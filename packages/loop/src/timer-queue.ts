/** A callback that is due at a time; what `callLater` and `callAt` return. */
export class TimerHandle {
  /** When it is due, on the loop's clock in milliseconds. */
  readonly whenMs: number;
  /** @internal Ties are fired in the order of their making. */
  readonly sequence: number;
  /** @internal `null` once fired or cancelled, so that nothing is kept alive by a dead timer. */
  callback: (() => void) | null;
  readonly #queue: TimerQueue;

  /** @internal */
  constructor(queue: TimerQueue, whenMs: number, sequence: number, callback: () => void) {
    this.#queue = queue;
    this.whenMs = whenMs;
    this.sequence = sequence;
    this.callback = callback;
  }

  /** True until it has fired or was cancelled. */
  get active(): boolean {
    return this.callback !== null;
  }

  /** The callback will not run. Cancelling twice, or after it fired, does nothing. */
  cancel(): void {
    if (this.callback === null) return;
    this.callback = null;
    this.#queue.forget();
  }
}

const arity = 4;
const pruneAbove = 100;

/**
 * Timers by (due, sequence) in a 4-ary heap. Cancelled timers stay until they surface, or until they are more than half
 * of over 100 entries; then the heap is rebuilt without them, so cancelling costs O(1) on average and no memory.
 */
export class TimerQueue {
  #heap: TimerHandle[] = [];
  #cancelled = 0;
  #sequence = 0;
  readonly #onIdle: () => void;

  /** `onIdle` is called when the last live timer was cancelled. */
  constructor(onIdle: () => void = () => {}) {
    this.#onIdle = onIdle;
  }

  /** Timers that will still fire. */
  get live(): number {
    return this.#heap.length - this.#cancelled;
  }

  /** Entries held, dead ones included. */
  get size(): number {
    return this.#heap.length;
  }

  add(whenMs: number, callback: () => void): TimerHandle {
    const timer = new TimerHandle(this, whenMs, this.#sequence++, callback);
    this.#heap.push(timer);
    this.#siftUp(this.#heap.length - 1);
    return timer;
  }

  /** When the next live timer is due, or `Infinity`. */
  nextMs(): number {
    this.#dropDeadHead();
    return this.#heap[0]?.whenMs ?? Number.POSITIVE_INFINITY;
  }

  /** Removes the next live timer that is due at `nowMs` and returns its callback, or `null`. */
  takeDue(nowMs: number): (() => void) | null {
    if (this.nextMs() > nowMs) return null;
    const timer = this.#removeHead();
    const callback = timer.callback;
    timer.callback = null;
    return callback;
  }

  /** @internal A timer of this queue was cancelled. */
  forget(): void {
    this.#cancelled++;
    if (this.#heap.length > pruneAbove && this.#cancelled * 2 > this.#heap.length) this.#prune();
    if (this.live === 0) this.#onIdle();
  }

  #dropDeadHead(): void {
    while (this.#heap.length > 0 && this.#heap[0]?.callback === null) {
      this.#removeHead();
      this.#cancelled--;
    }
  }

  #prune(): void {
    this.#heap = this.#heap.filter((timer) => timer.callback !== null);
    this.#cancelled = 0;
    for (let i = Math.floor((this.#heap.length - 2) / arity); i >= 0; i--) this.#siftDown(i);
  }

  /** The heap is not empty. */
  #removeHead(): TimerHandle {
    const head = this.#heap[0] as TimerHandle;
    const last = this.#heap.pop() as TimerHandle;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#siftDown(0);
    }
    return head;
  }

  #siftUp(start: number): void {
    const heap = this.#heap;
    const timer = heap[start] as TimerHandle;
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      if (!isBefore(timer, heap[parent] as TimerHandle)) break;
      heap[at] = heap[parent] as TimerHandle;
      at = parent;
    }
    heap[at] = timer;
  }

  #siftDown(start: number): void {
    const heap = this.#heap;
    const timer = heap[start] as TimerHandle;
    let at = start;
    for (;;) {
      const child = this.#smallestChild(at);
      if (child < 0 || !isBefore(heap[child] as TimerHandle, timer)) break;
      heap[at] = heap[child] as TimerHandle;
      at = child;
    }
    heap[at] = timer;
  }

  #smallestChild(parent: number): number {
    const heap = this.#heap;
    const first = parent * arity + 1;
    if (first >= heap.length) return -1;
    let best = first;
    const end = Math.min(first + arity, heap.length);
    for (let i = first + 1; i < end; i++) {
      if (isBefore(heap[i] as TimerHandle, heap[best] as TimerHandle)) best = i;
    }
    return best;
  }
}

function isBefore(a: TimerHandle, b: TimerHandle): boolean {
  return a.whenMs < b.whenMs || (a.whenMs === b.whenMs && a.sequence < b.sequence);
}
