import { type Coroutine, currentLoop, TimeoutError, timeout, until } from "@overlap/loop";
import type { SourceReader } from "./reader.ts";

/** So many values of a synchronous source come in a row before timers and sockets get a turn. */
const valuesPerTurn = 256;
/** A source that is stuck in `next()` cannot hear that it should end; so long it is waited for all the same. */
const closeWithinMs = 1_000;

/** Reads any iterable, sync or async. */
export function readIterable(source: Iterable<unknown> | AsyncIterable<unknown>): SourceReader {
  const { [Symbol.asyncIterator]: asyncIterator } = source as AsyncIterable<unknown>;
  if (typeof asyncIterator === "function") return new AsyncReader(asyncIterator.call(source));
  return new SyncReader((source as Iterable<unknown>)[Symbol.iterator]());
}

class SyncReader implements SourceReader {
  readonly #iterator: Iterator<unknown>;
  #leftThisTurn = valuesPerTurn;
  #ended = false;

  constructor(iterator: Iterator<unknown>) {
    this.#iterator = iterator;
  }

  take(): IteratorResult<unknown> | null {
    if (this.#leftThisTurn === 0) return null;
    this.#leftThisTurn--;
    try {
      const step = this.#iterator.next();
      if (step.done === true) this.#ended = true;
      return step;
    } catch (error) {
      this.#ended = true;
      throw error;
    }
  }

  request(arrived: () => void): void {
    this.#leftThisTurn = valuesPerTurn;
    currentLoop().callSoon(arrived);
  }

  *close(): Coroutine<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#iterator.return?.();
  }
}

/** Asks for one value at a time, and only when somebody waits for it. */
class AsyncReader implements SourceReader {
  readonly #iterator: AsyncIterator<unknown>;
  #asked = false;
  #step: IteratorResult<unknown> | null = null;
  #failure: { readonly error: unknown } | null = null;
  #ended = false;

  constructor(iterator: AsyncIterator<unknown>) {
    this.#iterator = iterator;
  }

  take(): IteratorResult<unknown> | null {
    if (this.#failure !== null) throw this.#failure.error;
    const step = this.#step;
    this.#step = null;
    return step;
  }

  request(arrived: () => void): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#iterator.next().then(
      (step) => this.#arrived(step, arrived),
      (error: unknown) => this.#failed(error, arrived),
    );
  }

  *close(): Coroutine<void> {
    if (this.#ended) return;
    this.#ended = true;
    try {
      yield* timeout(closeWithinMs, until(this.#iterator.return?.()));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    }
  }

  #arrived(step: IteratorResult<unknown>, arrived: () => void): void {
    this.#asked = false;
    this.#step = step;
    if (step.done === true) this.#ended = true;
    arrived();
  }

  #failed(error: unknown, arrived: () => void): void {
    this.#ended = true;
    this.#failure = { error };
    arrived();
  }
}
