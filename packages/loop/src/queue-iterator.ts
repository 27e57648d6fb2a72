import { QueueShutDown } from "./errors.ts";
import type { Future } from "./future.ts";

type Taken<T> = IteratorResult<T, undefined>;

/** Takes items until the queue is shut down. A `return()` while a `next()` waits withdraws that wait, so no item is taken for nobody. */
export class QueueIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #queue: { get(): Future<T> };
  readonly #waits = new Set<Future<T>>();
  #ended = false;

  constructor(queue: { get(): Future<T> }) {
    this.#queue = queue;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Taken<T>> {
    if (this.#ended) return end;
    const wait = this.#queue.get();
    this.#waits.add(wait);
    try {
      return { done: false, value: await wait };
    } catch (error) {
      if (!(error instanceof QueueShutDown || this.#ended)) throw error;
      this.#ended = true;
      return end;
    } finally {
      this.#waits.delete(wait);
    }
  }

  async return(): Promise<Taken<T>> {
    this.#ended = true;
    for (const wait of this.#waits) wait.cancel("the iteration has ended");
    return end;
  }
}

const end: IteratorReturnResult<undefined> = { done: true, value: undefined };
