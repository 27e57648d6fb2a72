import { Future } from "@overlap/loop";
import { DecodeError } from "./errors.ts";

/** The header fields of an answer: names in lower case, several fields of one name as a list. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Where the time of a request went, in milliseconds. */
export interface ResponseTimings {
  /** In the session's queue, before it was handed to the network. */
  readonly queuedMs: number;
  /** From there to the first byte of the answer. */
  readonly firstByteMs: number;
  /** From the call to the last byte of the answer, queue included. */
  readonly totalMs: number;
}

/** A complete answer, whatever its status. */
export interface HttpResponse {
  /** The status code, 200 to 999. */
  readonly status: number;
  /** True for a status of 200 to 299. */
  readonly ok: boolean;
  /** Where it came from, normalised, without fragment. */
  readonly url: string;
  /** The header fields. */
  readonly headers: ResponseHeaders;
  /** Where the time went. */
  readonly timings: ResponseTimings;
  /** The body as text: UTF-8, a byte order mark removed, broken bytes replaced by U+FFFD. */
  text(): Future<string>;
  /** The body as JSON. Fails with `DecodeError` when it is none. */
  json<T = unknown>(): Future<T>;
  /** The body; the same memory each time. */
  bytes(): Future<Uint8Array>;
}

/** @internal An answer whose body is in memory. */
export class BufferedResponse implements HttpResponse {
  readonly status: number;
  readonly url: string;
  readonly headers: ResponseHeaders;
  readonly timings: ResponseTimings;
  #body: Body;

  constructor(url: string, status: number, headers: ResponseHeaders, body: Body, timings: ResponseTimings) {
    this.url = url;
    this.status = status;
    this.headers = headers;
    this.#body = body;
    this.timings = timings;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  text(): Future<string> {
    return completed(this.#text());
  }

  json<T = unknown>(): Future<T> {
    try {
      return completed(JSON.parse(this.#text()) as T);
    } catch (cause) {
      const future = new Future<T>();
      const why = cause instanceof Error ? cause.message : String(cause);
      future.setException(
        new DecodeError(`the answer of ${this.url} is not JSON: ${why}`, { url: this.url, cause }),
      );
      return future;
    }
  }

  bytes(): Future<Uint8Array> {
    const { buffer, byteOffset, byteLength } = this.#join();
    return completed(new Uint8Array(buffer, byteOffset, byteLength));
  }

  #text(): string {
    const text = this.#join().toString("utf8");
    return text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
  }

  #join(): Buffer {
    if (this.#body === null) this.#body = Buffer.alloc(0);
    else if (Array.isArray(this.#body)) this.#body = Buffer.concat(this.#body);
    return this.#body;
  }
}

/** @internal A body as it came: nothing, one piece, or several. */
export type Body = Buffer | Buffer[] | null;

const byteOrderMark = 0xfeff;

function completed<T>(value: T): Future<T> {
  const future = new Future<T>();
  future.setResult(value);
  return future;
}
