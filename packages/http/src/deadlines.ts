import { currentLoop, type TimerHandle } from "@overlap/loop";
import { type Linked, LinkedQueue } from "./linked-queue.ts";

/** Something that must end within a time. */
export interface Timed extends Linked<Timed> {
  /** How long it may take. */
  readonly timeoutMs: number;
  /** When it is due, on the loop's clock. */
  deadlineMs: number;
  /** Grows while it gets on. */
  readonly receivedBytes: number;
  /** `receivedBytes` when it was last looked at after its deadline; below 0 before. */
  bytesAtLook: number;
  /** It is late. Leaves the deadlines. */
  expire(): void;
}

/**
 * Deadlines for very many at once. All that may take equally long are due in the order in which they start, so one queue
 * and one timer serve them, and a deadline costs no allocation and no timer of its own.
 */
export class Deadlines<T extends Timed> {
  readonly #lines = new Map<number, Line>();
  /** Idle lines are looked for at this size; it grows with those in use, so that looking stays cheap. */
  #forgetAt = fewLines;

  /** Its time starts now. */
  start(item: T): void {
    let line = this.#lines.get(item.timeoutMs);
    if (line === undefined) {
      if (this.#lines.size >= this.#forgetAt) this.#forgetIdle();
      line = new Line(item.timeoutMs);
      this.#lines.set(item.timeoutMs, line);
    }
    line.add(item);
  }

  /** It ended; it was started. */
  end(item: T): void {
    this.#lines.get(item.timeoutMs)?.remove(item);
  }

  /** All that have started and not ended. */
  *[Symbol.iterator](): Iterator<T> {
    for (const line of this.#lines.values()) yield* line.items() as Iterable<T>; // only a T is ever added
  }

  /** Programs that give every request another timeout would leave a line behind for each. */
  #forgetIdle(): void {
    for (const [timeoutMs, line] of this.#lines) {
      if (line.idle) this.#lines.delete(timeoutMs);
    }
    this.#forgetAt = Math.max(fewLines, 2 * this.#lines.size);
  }
}

const fewLines = 64;

/** All that may take equally long. */
class Line {
  readonly #timeoutMs: number;
  readonly #loop = currentLoop();
  readonly #items = new LinkedQueue<Timed>();
  /** `null` while nobody waits, and between a deadline and the look at who missed it. */
  #timer: TimerHandle | null = null;
  #looking = false;
  /** Who was due then is looked at. */
  #dueMs = 0;
  /** Until then, who still gets on is spared. */
  #graceMs = 0;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  get idle(): boolean {
    return this.#items.size === 0 && !this.#looking;
  }

  add(item: Timed): void {
    item.deadlineMs = this.#loop.now() + this.#timeoutMs;
    item.bytesAtLook = -1;
    this.#items.push(item);
    if (this.#timer === null && !this.#looking) this.#arm(item.deadlineMs);
  }

  *items(): Iterable<Timed> {
    for (let item = this.#items.first; item !== null; item = item.next) yield item;
  }

  remove(item: Timed): void {
    this.#items.remove(item);
    if (this.#items.size > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #arm(whenMs: number): void {
    if (whenMs < Number.POSITIVE_INFINITY) this.#timer = this.#loop.callAt(whenMs, this.#onTimer);
  }

  /** The first that the timer was set for may have ended since. */
  readonly #onTimer = (): void => {
    this.#timer = null;
    const { first } = this.#items;
    if (first === null) return;
    const nowMs = this.#loop.now();
    if (first.deadlineMs > nowMs) {
      this.#arm(first.deadlineMs);
    } else {
      this.#dueMs = nowMs;
      this.#graceMs = nowMs + (nowMs - first.deadlineMs);
      this.#lookAfterTurn();
    }
  };

  /**
   * When the event loop was blocked, timers fire before sockets are read, and the answer may be in the buffer already. So
   * sockets get a turn first; and a large answer, which takes many, gets them while it moves, for at most as long as the
   * block made everybody late.
   */
  #lookAfterTurn(): void {
    this.#looking = true;
    setImmediate(this.#look);
  }

  readonly #look = (): void => {
    this.#looking = false;
    const spare = this.#loop.now() < this.#graceMs;
    let spared = false;
    let item = this.#items.first;
    while (item !== null && item.deadlineMs <= this.#dueMs) {
      const { next } = item;
      if (spare && item.receivedBytes > item.bytesAtLook) {
        item.bytesAtLook = item.receivedBytes;
        spared = true;
      } else {
        item.expire();
      }
      item = next;
    }
    if (spared) this.#lookAfterTurn();
    else if (this.#items.first !== null && this.#timer === null) this.#arm(this.#items.first.deadlineMs);
  };
}
