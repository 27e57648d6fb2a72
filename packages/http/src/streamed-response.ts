import { type Coroutine, createTask, Future, until } from "@overlap/loop";
import type { BodyStream } from "./body-stream.ts";
import { decodeText } from "./charset.ts";
import type { Coding } from "./content-coding.ts";
import { decompressStream } from "./decompress-stream.ts";
import { BodyTooLargeError, InvalidRequestError } from "./errors.ts";
import { contentTypeOf, type HttpResponse, parseJson, ReceivedHead, type ResponseHead } from "./response.ts";

/** How the body of a streamed answer is read. */
export interface StreamedBody {
  readonly raw: BodyStream;
  readonly codings: readonly Coding[];
  /** For `stream()`. */
  readonly maxStreamBytes: number;
  /** For those that hold it in memory. */
  readonly maxBodyBytes: number;
}

/** An answer whose body comes while it is read. */
export class StreamedResponse extends ReceivedHead implements HttpResponse {
  readonly #body: StreamedBody;
  #taken = false;

  constructor(head: ResponseHead, body: StreamedBody) {
    super(head);
    this.#body = body;
  }

  text(): Future<string> {
    return this.#collect((bytes) => decodeText(bytes, contentTypeOf(this.headers)));
  }

  json<T = unknown>(): Future<T> {
    return this.#collect((bytes) => parseJson<T>(bytes, this));
  }

  bytes(): Future<Uint8Array> {
    return this.#collect((bytes) => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  stream(): AsyncIterable<Uint8Array> {
    return this.#take(this.#body.maxStreamBytes);
  }

  close(): void {
    this.#body.raw.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** Cancelling it closes the answer. */
  #collect<T>(read: (bytes: Buffer) => T): Future<T> {
    try {
      const chunks = this.#take(this.#body.maxBodyBytes);
      return createTask(collect<T>, chunks, read, () => this.close());
    } catch (error) {
      const refused = new Future<T>();
      refused.setException(error);
      return refused;
    }
  }

  #take(maxBytes: number): ClosableChunks {
    const { url } = this;
    if (this.#taken) throw new InvalidRequestError(`the body of ${url} has been read already`, { url });
    this.#taken = true;
    const { raw, codings } = this.#body;
    if (raw.isOpen && Number(this.headers["content-length"]) > maxBytes) {
      raw.close();
      throw tooLarge(maxBytes, url);
    }
    const chunks = codings.length === 0 ? raw : decompressStream(raw, codings, url);
    return new ClosableChunks(raw, capped(chunks, maxBytes, url));
  }
}

/**
 * Ends at once: a generator would first wait for the chunk that it was asked for before, which may never come.
 */
class ClosableChunks implements AsyncIterableIterator<Uint8Array, void> {
  readonly #raw: BodyStream;
  readonly #chunks: AsyncGenerator<Uint8Array, void>;

  constructor(raw: BodyStream, chunks: AsyncGenerator<Uint8Array, void>) {
    this.#raw = raw;
    this.#chunks = chunks;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, void>> {
    return this.#chunks.next();
  }

  return(): Promise<IteratorResult<Uint8Array, void>> {
    this.#raw.close();
    return this.#chunks.return();
  }
}

async function* capped(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
  url: string,
): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge(maxBytes, url);
    yield chunk;
  }
}

function tooLarge(maxBytes: number, url: string): BodyTooLargeError {
  return new BodyTooLargeError(`the body of ${url} has more than ${maxBytes} bytes`, { url });
}

function* collect<T>(
  chunks: AsyncIterator<Uint8Array>,
  read: (bytes: Buffer) => T,
  close: () => void,
): Coroutine<T> {
  const pieces: Uint8Array[] = [];
  try {
    for (let next = yield* until(chunks.next()); next.done !== true; next = yield* until(chunks.next())) {
      pieces.push(next.value);
    }
  } catch (error) {
    close();
    throw error;
  }
  return read(Buffer.concat(pieces));
}
