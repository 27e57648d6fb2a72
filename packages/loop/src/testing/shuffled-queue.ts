import type { Runnable } from "../future.ts";
import type { ReadyOrder } from "../ready-queue.ts";
import { Task } from "../task.ts";
import { createRandom, type Random } from "./random.ts";

/** How often a ready task misses a batch, as it would when its wake-up came a little later. */
const missedBatches = 1 / 8;

/**
 * Ready work in an order that a seed decides: in each batch the tasks change places, and some stay for the next one.
 * Callbacks keep their order, as a loop promises.
 */
export class ShuffledQueue implements ReadyOrder<Runnable> {
  readonly #random: Random;
  #batch: Runnable[] = [];
  #at = 0;
  #later: Runnable[] = [];

  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  get size(): number {
    return this.#batch.length - this.#at + this.#later.length;
  }

  push(item: Runnable): void {
    this.#later.push(item);
  }

  shift(): Runnable {
    return this.#batch[this.#at++] as Runnable; // the loop takes no more than beginBatch() promised
  }

  beginBatch(): number {
    const ready = [...this.#batch.slice(this.#at), ...this.#later];
    const missed = new Set(ready.filter((item) => item instanceof Task && this.#random() < missedBatches));
    if (missed.size === ready.length) missed.clear();
    this.#batch = ready.filter((item) => !missed.has(item));
    this.#later = [...missed];
    this.#at = 0;
    this.#shuffleTasks();
    return this.#batch.length;
  }

  compact(): void {}

  /** Fisher and Yates, over the places that tasks have. */
  #shuffleTasks(): void {
    const places = [...this.#batch.keys()].filter((place) => this.#batch[place] instanceof Task);
    for (let last = places.length - 1; last > 0; last--) {
      const other = Math.floor(this.#random() * (last + 1));
      this.#swap(places[last] as number, places[other] as number); // both are below places.length
    }
  }

  #swap(a: number, b: number): void {
    const item = this.#batch[a] as Runnable;
    this.#batch[a] = this.#batch[b] as Runnable;
    this.#batch[b] = item;
  }
}
