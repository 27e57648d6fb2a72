import { type Coroutine, co, Event, type Waitable } from "@overlap/loop";
import type { Limiter, Slot } from "@overlap/policy";

/**
 * A limiter that grants no slot while too many outcomes wait to be saved and written: so a disk, or a reader, that is slower than the
 * network holds up the requests, and memory stays bounded.
 */
export class Backlog implements Limiter {
  readonly #limiter: Limiter;
  readonly #reserve: number;
  readonly #listeners = new Set<() => void>();
  readonly #room = new Event();
  readonly #acquire = co(() => this.#wait());
  #waiting = 0;
  /** It was full, and those who wait have not been told otherwise. The limit may have risen meanwhile. */
  #isBlocked = false;

  /** Outcomes may wait for as many as may be in flight, and `reserve` more. */
  constructor(limiter: Limiter, reserve: number) {
    this.#limiter = limiter;
    this.#reserve = reserve;
  }

  get limit(): number {
    return this.#limiter.limit;
  }

  get inFlight(): number {
    return this.#limiter.inFlight;
  }

  get idle(): boolean {
    return this.#limiter.idle;
  }

  /** An answer, or an error, has come, and waits from now on. */
  enter(): void {
    this.#waiting++;
    if (!this.#isFull) return;
    this.#isBlocked = true;
    this.#room.clear();
  }

  /** So many were written, or are given up. */
  leave(count: number): void {
    this.#waiting -= count;
    if (!this.#isBlocked || this.#isFull) return;
    this.#isBlocked = false;
    this.#room.set();
    for (const listener of this.#listeners) listener();
  }

  acquire(): Waitable<Slot> {
    return this.#acquire();
  }

  tryAcquire(): Slot | null {
    return this.#isFull ? null : this.#limiter.tryAcquire();
  }

  onRoom(listener: () => void): () => void {
    this.#listeners.add(listener);
    const stopListening = this.#limiter.onRoom(listener);
    return () => {
      this.#listeners.delete(listener);
      stopListening();
    };
  }

  get #isFull(): boolean {
    return this.#waiting >= this.#limiter.limit + this.#reserve;
  }

  *#wait(): Coroutine<Slot> {
    while (this.#isFull) yield* this.#room.wait();
    return yield* this.#limiter.acquire();
  }
}
