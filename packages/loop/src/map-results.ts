import { ReadyQueue } from "./ready-queue.ts";

/** Where the result of one call will stand among the others. */
export interface Place<R> {
  filled: boolean;
  value: R | undefined;
}

/** Results that have come and have not been taken. */
export interface Results<R> {
  /** How many there are. */
  readonly size: number;
  /** Whether `take` has one to give. */
  readonly ready: boolean;
  /** A call begins; in the order of the items. */
  reserve(): Place<R>;
  /** It has ended with `value`. */
  fill(place: Place<R>, value: R): void;
  take(): R;
  clear(): void;
}

/** In the order in which they come. */
export class UnorderedResults<R> implements Results<R> {
  readonly #queue = new ReadyQueue<R>();
  /** Order does not matter, so one place stands for all. */
  readonly #place: Place<R> = { filled: false, value: undefined };

  get size(): number {
    return this.#queue.size;
  }

  get ready(): boolean {
    return this.#queue.size > 0;
  }

  reserve(): Place<R> {
    return this.#place;
  }

  fill(_place: Place<R>, value: R): void {
    this.#queue.push(value);
  }

  take(): R {
    return this.#queue.shift();
  }

  clear(): void {
    while (this.#queue.size > 0) this.#queue.shift();
    this.#queue.compact();
  }
}

/** In the order of the items: one that comes early waits for those before it. */
export class OrderedResults<R> implements Results<R> {
  readonly #places = new ReadyQueue<Place<R>>();
  #filled = 0;
  /** The oldest place that has not been taken. */
  #head: Place<R> | null = null;

  get size(): number {
    return this.#filled;
  }

  get ready(): boolean {
    return this.#head?.filled === true;
  }

  reserve(): Place<R> {
    const place = { filled: false, value: undefined };
    if (this.#head === null) this.#head = place;
    else this.#places.push(place);
    return place;
  }

  fill(place: Place<R>, value: R): void {
    place.filled = true;
    place.value = value;
    this.#filled++;
  }

  take(): R {
    const { value } = this.#head as Place<R>; // ready says that there is one
    this.#head = this.#places.size > 0 ? this.#places.shift() : null;
    this.#filled--;
    return value as R; // it is filled
  }

  clear(): void {
    while (this.#places.size > 0) this.#places.shift();
    this.#head = null;
    this.#filled = 0;
  }
}
