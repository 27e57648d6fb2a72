import {
  CancelledError,
  type Coroutine,
  createTask,
  currentLoop,
  Future,
  type Task,
  type TimerHandle,
  until,
} from "@overlap/loop";

/** When a batch is sealed, whichever comes first; the end of the input seals the last one. */
export interface BatchOptions {
  /** Items in a batch at most; at least 1. @default 100 */
  readonly items?: number;
  /** Milliseconds from its first item until it goes out as it is; at least 0. @default none */
  readonly withinMs?: number;
}

type Taken<T> = IteratorResult<T[], undefined>;

/**
 * Collects items into batches. One feeder task pulls; it fills one batch while the one before waits to be taken, and
 * pulls no further than that.
 */
export class BatchStream<T> implements AsyncIterableIterator<T[], undefined> {
  readonly #upstream: AsyncIterator<T>;
  readonly #items: number;
  readonly #withinMs: number;
  #filling: T[] = [];
  #timer: TimerHandle | null = null;
  #sealed: T[] | null = null;
  /** Pending while the consumer waits for a batch, and while the feeder waits for its batch to be taken. */
  #wanted: Future<void> | null = null;
  #taken: Future<void> | null = null;
  #feeder: Task<void> | null = null;
  #finished = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(
    upstream: AsyncIterable<T>,
    { items = 100, withinMs = Number.POSITIVE_INFINITY }: BatchOptions,
  ) {
    this.#upstream = upstream[Symbol.asyncIterator]();
    this.#items = items;
    this.#withinMs = withinMs;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Taken<T>> {
    this.#feeder ??= createTask(() => this.#feed());
    while (this.#sealed === null && !this.#finished) {
      this.#wanted ??= new Future<void>();
      await this.#wanted;
    }
    return this.#take();
  }

  async return(): Promise<Taken<T>> {
    this.#feeder?.cancel("the batches end");
    this.#timer?.cancel();
    await this.#upstream.return?.();
    return { done: true, value: undefined };
  }

  #take(): Taken<T> {
    const value = this.#sealed;
    if (value !== null) {
      this.#sealed = null;
      fulfil(this.#taken);
      return { done: false, value };
    }
    if (this.#failure !== null) throw this.#failure.error;
    return { done: true, value: undefined };
  }

  *#feed(): Coroutine<void> {
    try {
      for (;;) {
        const pulled = yield* until(this.#upstream.next());
        if (pulled.done === true) break;
        yield* this.#add(pulled.value);
      }
      yield* this.#seal();
    } catch (error) {
      if (!(error instanceof CancelledError)) this.#failure = { error };
    } finally {
      this.#timer?.cancel();
      this.#finished = true;
      fulfil(this.#wanted);
    }
  }

  *#add(item: T): Coroutine<void> {
    this.#filling.push(item);
    if (this.#filling.length >= this.#items) yield* this.#seal();
    else if (this.#filling.length === 1 && this.#withinMs !== Number.POSITIVE_INFINITY) this.#startTimer();
  }

  #startTimer(): void {
    this.#timer = currentLoop().callLater(this.#withinMs, () => {
      if (this.#sealed === null) this.#handOver();
    });
  }

  /** Hands the batch over, when the one before has been taken. */
  *#seal(): Coroutine<void> {
    while (this.#sealed !== null) {
      this.#taken = new Future<void>();
      yield* this.#taken;
    }
    this.#handOver();
  }

  #handOver(): void {
    this.#timer?.cancel();
    if (this.#filling.length === 0) return;
    this.#sealed = this.#filling;
    this.#filling = [];
    fulfil(this.#wanted);
    this.#wanted = null;
  }
}

function fulfil(future: Future<void> | null): void {
  if (future?.done === false) future.setResult();
}
