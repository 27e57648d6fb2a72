/** What a stream asks of the request whose body it is. */
export interface BodyFlow {
  /** No more for now. */
  pause(): void;
  /** Go on; somebody waits. */
  resume(): void;
  /** Nobody will read the rest. */
  abandon(): void;
}

interface Reader {
  resolve(result: IteratorResult<Uint8Array, undefined>): void;
  reject(error: unknown): void;
}

/** Chunks that may lie ready before the other side is made to wait. */
const highWaterBytes = 65_536;

/**
 * A body as it comes: an iteration that makes the other side wait when it is not read, and that closes the request when
 * it ends early. For one reader.
 */
export class BodyStream implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #flow: BodyFlow;
  readonly #chunks: Uint8Array[] = [];
  #readyBytes = 0;
  #paused = false;
  #reader: Reader | null = null;
  #state: "open" | "ended" | "failed" | "closed" = "open";
  #failure: unknown;

  constructor(flow: BodyFlow) {
    this.#flow = flow;
  }

  /** More bytes may come. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Somebody waits for bytes. */
  get wanted(): boolean {
    return this.#reader !== null;
  }

  /** More of the body. */
  push(chunk: Uint8Array): void {
    if (this.#state !== "open") return;
    if (this.#reader !== null) return this.#answer(chunk);
    this.#chunks.push(chunk);
    this.#readyBytes += chunk.byteLength;
    if (this.#readyBytes >= highWaterBytes && !this.#paused) {
      this.#paused = true;
      this.#flow.pause();
    }
  }

  /** That was all. */
  end(): void {
    if (this.#state !== "open") return;
    this.#state = "ended";
    this.#takeReader()?.resolve(done);
  }

  /** No more will come; what lies ready is given first. */
  fail(error: unknown): void {
    if (this.#state !== "open") return;
    this.#state = "failed";
    this.#failure = error;
    const reader = this.#takeReader();
    if (reader === null) return;
    this.#state = "closed";
    reader.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#readyBytes -= chunk.byteLength;
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.#state === "open") return this.#wait();
    if (this.#state !== "failed") return Promise.resolve(done);
    this.#state = "closed";
    return Promise.reject(this.#failure);
  }

  /** Drops what lies ready and closes the request, unless the body has ended. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.close();
    return Promise.resolve(done);
  }

  close(): void {
    const wasOpen = this.#state === "open";
    this.#state = "closed";
    this.#chunks.length = 0;
    this.#takeReader()?.resolve(done);
    if (wasOpen) this.#flow.abandon();
  }

  #wait(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#reader !== null) return Promise.reject(new TypeError("somebody reads this body already"));
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Uint8Array, undefined>>();
    this.#reader = { resolve, reject };
    this.#paused = false;
    this.#flow.resume();
    return promise;
  }

  #answer(chunk: Uint8Array): void {
    this.#takeReader()?.resolve({ done: false, value: chunk });
  }

  #takeReader(): Reader | null {
    const reader = this.#reader;
    this.#reader = null;
    return reader;
  }
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };
