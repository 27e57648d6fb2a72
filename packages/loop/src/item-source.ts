import { isThenable } from "./future.ts";

/** Who hears of the items of an async source. */
export interface ItemReceiver<T> {
  /** What was asked for last has come. */
  stepCame(step: IteratorResult<T>): void;
  /** The source threw, and has ended. */
  sourceFailed(error: unknown): void;
}

/** Any iterable, asked for one item at a time: an async source never sees two requests at once, nor one after its end. */
export class ItemSource<T> {
  readonly #iterator: Iterator<T> | AsyncIterator<T>;
  readonly #receiver: ItemReceiver<T>;
  #asked = false;
  #ended = false;

  constructor(source: Iterable<T> | AsyncIterable<T>, receiver: ItemReceiver<T>) {
    this.#iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    this.#receiver = receiver;
  }

  /** Whether it can be asked for an item now. */
  get ready(): boolean {
    return !this.#asked && !this.#ended;
  }

  /** No more items will come. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The next item, or `null` when the receiver will be told. Throws what a synchronous source throws. */
  pull(): IteratorResult<T> | null {
    const step = this.#ask();
    if (!isThenable(step)) return this.#arrived(step);
    this.#asked = true;
    step.then(
      (arrived) => this.#receiver.stepCame(this.#arrived(arrived)),
      (error: unknown) => {
        this.#ended = true;
        this.#receiver.sourceFailed(error);
      },
    );
    return null;
  }

  /** Tells a source that has not ended that no more will be asked for; the promise of its clean-up, if it gives one. */
  close(): PromiseLike<unknown> | null {
    if (this.#ended) return null;
    this.#ended = true;
    const closing: unknown = this.#iterator.return?.();
    return isThenable(closing) ? closing : null;
  }

  #ask(): IteratorResult<T> | PromiseLike<IteratorResult<T>> {
    try {
      return this.#iterator.next();
    } catch (error) {
      this.#ended = true;
      throw error;
    }
  }

  #arrived(step: IteratorResult<T>): IteratorResult<T> {
    this.#asked = false;
    if (step.done === true) this.#ended = true;
    return step;
  }
}
