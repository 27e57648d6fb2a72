import { currentLoop, type TimerHandle } from "@overlap/loop";
import { type Linked, LinkedQueue } from "./linked-queue.ts";

/** Something that must get on within a time. */
export interface Timed extends Linked<Timed> {
  /** The line it stands in; `null` when nobody watches it. */
  line: Line | null;
  /** When it is looked at again, on the loop's clock. */
  lookAtMs: number;
  /** It was late because the event loop was blocked, and was given that time once more. */
  spared: boolean;
  /** It is looked at this often at least: no deadline that may begin meanwhile is shorter. */
  readonly lookEveryMs: number;
  /** Milliseconds until it is late as things stand; 0 or less when it is. */
  remainingMs(nowMs: number): number;
  /** It is late. Has the watch ended. */
  expire(): void;
}

/**
 * Deadlines for very many at once, several for each. Nothing is done when one deadline of a request gives way to the next: each is looked
 * at now and then, and says itself how long it may still take. All that are looked at after the same time stand in one line
 * in the order in which they came, so one timer serves a line, and watching allocates nothing.
 */
export class Deadlines<T extends Timed> {
  readonly #lines = new Map<number, Line>();
  /** Idle lines are looked for at this size; it grows with those in use, so that looking stays cheap. */
  #forgetAt = fewLines;

  /** Its deadlines count from now on. */
  watch(item: T): void {
    item.spared = false;
    this.#lineOf(item.lookEveryMs).add(item);
  }

  /** It has ended; does nothing when nobody watches it. */
  end(item: T): void {
    item.line?.remove(item);
  }

  /** All that are watched. */
  *[Symbol.iterator](): Iterator<T> {
    for (const line of this.#lines.values()) yield* line.items as Iterable<T>; // only a T is ever added
  }

  #lineOf(afterMs: number): Line {
    const known = this.#lines.get(afterMs);
    if (known !== undefined) return known;
    if (this.#lines.size >= this.#forgetAt) this.#forgetIdle();
    const line = new Line(afterMs, this.#watchAgain);
    this.#lines.set(afterMs, line);
    return line;
  }

  readonly #watchAgain = (item: Timed, remainingMs: number, spared: boolean): void => {
    item.line?.remove(item);
    item.spared = spared;
    // Whole milliseconds, so that there are few lines; a timer that fires early is set again.
    this.#lineOf(Math.min(item.lookEveryMs, Math.ceil(remainingMs))).add(item);
  };

  /** Each remaining time has a line of its own; most are used once. */
  #forgetIdle(): void {
    for (const [afterMs, line] of this.#lines) {
      if (line.idle) this.#lines.delete(afterMs);
    }
    this.#forgetAt = Math.max(fewLines, 2 * this.#lines.size);
  }
}

const fewLines = 64;

type WatchAgain = (item: Timed, remainingMs: number, spared: boolean) => void;

/** A timer is never more punctual than this. */
const punctualMs = 1;

/** All that are looked at after the same time. */
class Line {
  readonly items: LinkedQueue<Timed> = new LinkedQueue<Timed>();
  readonly #afterMs: number;
  readonly #watchAgain: WatchAgain;
  readonly #loop = currentLoop();
  /** `null` while nobody is in line, and while the line is being looked at. */
  #timer: TimerHandle | null = null;
  #looking = false;
  /** Who was to be looked at by then is. */
  #dueMs = 0;

  constructor(afterMs: number, watchAgain: WatchAgain) {
    this.#afterMs = afterMs;
    this.#watchAgain = watchAgain;
  }

  get idle(): boolean {
    return this.items.size === 0 && !this.#looking;
  }

  add(item: Timed): void {
    item.line = this;
    item.lookAtMs = this.#loop.now() + this.#afterMs;
    this.items.push(item);
    if (this.#timer === null && !this.#looking) this.#arm(item.lookAtMs);
  }

  remove(item: Timed): void {
    item.line = null;
    this.items.remove(item);
    if (this.items.size > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #arm(whenMs: number): void {
    if (whenMs < Number.POSITIVE_INFINITY) this.#timer = this.#loop.callAt(whenMs, this.#onTimer);
  }

  /**
   * When the event loop was blocked, timers fire before sockets are read, and the answer may be in the buffer already: so
   * sockets get a turn first. The first that the timer was set for may have ended since.
   */
  readonly #onTimer = (): void => {
    this.#timer = null;
    const { first } = this.items;
    if (first === null) return;
    this.#dueMs = this.#loop.now();
    if (first.lookAtMs > this.#dueMs) return this.#arm(first.lookAtMs);
    this.#looking = true;
    setImmediate(this.#look);
  };

  readonly #look = (): void => {
    for (const item of this.items) {
      if (item.line !== this || item.lookAtMs > this.#dueMs) break;
      this.#lookAt(item);
    }
    this.#looking = false;
    if (this.items.first !== null) this.#arm(this.items.first.lookAtMs);
  };

  /** What was late because nobody looked has as much time again, once: the other side could not know. */
  #lookAt(item: Timed): void {
    const remainingMs = item.remainingMs(this.#loop.now());
    const lateMs = this.#dueMs - item.lookAtMs;
    if (remainingMs > 0) this.#watchAgain(item, remainingMs, false);
    else if (lateMs > punctualMs && !item.spared) this.#watchAgain(item, lateMs, true);
    else item.expire();
  }
}
