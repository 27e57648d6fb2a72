import { type Coroutine, co, Event, type Waitable } from "@overlap/loop";
import type { Limiter, Slot } from "@overlap/policy";

/**
 * A limiter that grants no slot while `most` outcomes wait to be saved and written: so a disk, or a reader, that is slower than the
 * network holds up the requests, and memory stays bounded.
 */
export class Backlog implements Limiter {
  readonly #limiter: Limiter;
  readonly #most: number;
  readonly #listeners = new Set<() => void>();
  readonly #room = new Event();
  readonly #acquire = co(() => this.#wait());
  #waiting = 0;

  constructor(limiter: Limiter, most: number) {
    this.#limiter = limiter;
    this.#most = most;
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
    if (this.#waiting >= this.#most) this.#room.clear();
  }

  /** So many were written, or are given up. */
  leave(count: number): void {
    const wasFull = this.#waiting >= this.#most;
    this.#waiting -= count;
    if (!wasFull || this.#waiting >= this.#most) return;
    this.#room.set();
    for (const listener of this.#listeners) listener();
  }

  acquire(): Waitable<Slot> {
    return this.#acquire();
  }

  tryAcquire(): Slot | null {
    return this.#waiting >= this.#most ? null : this.#limiter.tryAcquire();
  }

  onRoom(listener: () => void): () => void {
    this.#listeners.add(listener);
    const stopListening = this.#limiter.onRoom(listener);
    return () => {
      this.#listeners.delete(listener);
      stopListening();
    };
  }

  *#wait(): Coroutine<Slot> {
    while (this.#waiting >= this.#most) yield* this.#room.wait();
    return yield* this.#limiter.acquire();
  }
}
