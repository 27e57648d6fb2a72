import { type Coroutine, TimeoutError, timeout, until } from "@overlap/loop";
import type { SourceReader } from "./reader.ts";

/** A source that is stuck in a read cannot hear that it should end; so long it is waited for all the same. */
const closeWithinMs = 1_000;
const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Reads records that come in blocks: a promise for each block, none for a record. */
export class BlockReader implements SourceReader {
  readonly #blocks: AsyncIterator<readonly unknown[]>;
  #block: readonly unknown[] = [];
  #at = 0;
  #asked = false;
  #ended = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(blocks: AsyncIterator<readonly unknown[]>) {
    this.#blocks = blocks;
  }

  take(): IteratorResult<unknown> | null {
    if (this.#at < this.#block.length) return { done: false, value: this.#block[this.#at++] };
    if (this.#failure !== null) throw this.#failure.error;
    return this.#ended ? end : null;
  }

  request(arrived: () => void): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#blocks.next().then(
      (step) => this.#arrived(step, arrived),
      (error: unknown) => this.#failed(error, arrived),
    );
  }

  *close(): Coroutine<void> {
    if (this.#ended) return;
    this.#ended = true;
    try {
      yield* timeout(closeWithinMs, until(this.#blocks.return?.()));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    }
  }

  #arrived(step: IteratorResult<readonly unknown[]>, arrived: () => void): void {
    this.#asked = false;
    this.#at = 0;
    if (step.done === true) this.#ended = true;
    this.#block = step.done === true ? [] : step.value;
    arrived();
  }

  #failed(error: unknown, arrived: () => void): void {
    this.#ended = true;
    this.#failure = { error };
    arrived();
  }
}
