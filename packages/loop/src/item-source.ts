import { Semaphore } from "./semaphore.ts";
import { until } from "./until.ts";
import type { Coroutine } from "./waitable.ts";

/** Any iterable, pulled one item at a time: an async source never sees two calls at once, nor one after its end. */
export class ItemSource<T> {
  readonly #iterator: Iterator<T> | AsyncIterator<T>;
  readonly #turn: Semaphore | null;
  #ended = false;

  constructor(source: Iterable<T> | AsyncIterable<T>) {
    if (Symbol.asyncIterator in source) {
      this.#iterator = source[Symbol.asyncIterator]();
      this.#turn = new Semaphore(1);
    } else {
      this.#iterator = source[Symbol.iterator]();
      this.#turn = null;
    }
  }

  /** The next item, or `done`. A source that throws has ended. */
  *pull(): Coroutine<IteratorResult<T>> {
    if (this.#turn === null) return this.#ended ? end : this.#remember(this.#next() as IteratorResult<T>);
    using _turn = yield* this.#turn.acquire();
    if (this.#ended) return end;
    return this.#remember(yield* this.#pullAsync());
  }

  /** Tells a source that has not ended that no more will be pulled, and waits until it has cleaned up. */
  *close(): Coroutine<void> {
    if (this.#ended) return;
    this.#ended = true;
    const closing = this.#iterator.return?.();
    if (this.#turn !== null) yield* until(closing);
  }

  *#pullAsync(): Coroutine<IteratorResult<T>> {
    const pulled = until(this.#next());
    try {
      return yield* pulled;
    } catch (error) {
      if (!pulled.cancelled) this.#ended = true;
      throw error;
    }
  }

  #next(): IteratorResult<T> | Promise<IteratorResult<T>> {
    try {
      return this.#iterator.next();
    } catch (error) {
      this.#ended = true;
      throw error;
    }
  }

  #remember(pulled: IteratorResult<T>): IteratorResult<T> {
    if (pulled.done === true) this.#ended = true;
    return pulled;
  }
}

const end: IteratorReturnResult<undefined> = { done: true, value: undefined };
