import { type ItemStore, Queue, type QueueOptions } from "./queue.ts";

/**
 * A queue that gives the item that was put last first. Everything else is `Queue`'s; who waits is served first come first
 * served here too.
 *
 * @example
 * const pages = new LifoQueue<string>();
 * pages.putNowait("older");
 * pages.putNowait("newer");
 * pages.getNowait(); // "newer"
 */
export class LifoQueue<T> extends Queue<T> {
  /** @throws InvalidArgumentError unless `maxSize` is a positive integer or `Infinity`. */
  constructor(options: QueueOptions = {}) {
    super(options, () => new Stack<T>());
  }
}

class Stack<T> implements ItemStore<T> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T {
    return this.#items.pop() as T; // the caller knows that there is one
  }
}
