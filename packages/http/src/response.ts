import { Future } from "@overlap/loop";
import { decodeText } from "./charset.ts";
import { DecodeError } from "./errors.ts";
import type { Redirect } from "./redirect.ts";

/** The header fields of an answer: names in lower case, several fields of one name as a list. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** When things happened, in milliseconds from the call; of the last attempt, if there were several. */
export interface ResponseTimings {
  /** It left the session's queue and was handed to the network. */
  readonly queuedMs: number;
  /** It was on a connection: a new one, or one that was used before. */
  readonly connectMs: number;
  /** The first byte of the answer came. */
  readonly firstByteMs: number;
  /** The last byte came; for a streamed answer, its header was complete. */
  readonly endMs: number;
}

/** What is known of an answer when its header is there. */
export interface ResponseHead {
  /** The status code, 200 to 999. */
  readonly status: number;
  /** Where it came from, normalised, without fragment, user and password; after redirects the last URL. */
  readonly url: string;
  /** The header fields. `content-encoding` and `content-length` are those of the body before it was decompressed. */
  readonly headers: ResponseHeaders;
  /** Where the time went. */
  readonly timings: ResponseTimings;
  /** How often the request was handed to the network, redirects not counted; more than 1 after a retry. */
  readonly attempts: number;
  /** The redirects that led here, first to last. */
  readonly redirects: readonly Redirect[];
}

/** An answer, whatever its status. Complete, unless it was asked for with `stream`. */
export interface HttpResponse extends ResponseHead, AsyncDisposable {
  /** True for a status of 200 to 299. */
  readonly ok: boolean;
  /**
   * The body as text: in the encoding that its byte order mark, the content type or (HTML, XML) its first kilobyte names, else
   * UTF-8. Broken bytes become U+FFFD.
   */
  text(): Future<string>;
  /** The body as JSON. Fails with `DecodeError` when it is none. */
  json<T = unknown>(): Future<T>;
  /** The body; the same memory each time. */
  bytes(): Future<Uint8Array>;
  /**
   * The body as it comes, for `for await`; ending the loop early closes a streamed answer. A streamed body can be read once, with this or
   * one of the methods above.
   *
   * @throws HttpError what broke the body, while it is read; at once InvalidRequestError when it was read already, and
   * BodyTooLargeError when it says that it is larger than the request's own `maxBodyBytes`.
   */
  stream(): AsyncIterable<Uint8Array>;
  /** Lets go of a streamed answer that is not read to its end: its connection is closed and its slot is free. */
  close(): void;
}

/** @internal What an answer says of itself, whatever its body is. */
export abstract class ReceivedHead implements ResponseHead {
  readonly status: number;
  readonly url: string;
  readonly headers: ResponseHeaders;
  readonly timings: ResponseTimings;
  readonly attempts: number;
  readonly redirects: readonly Redirect[];

  constructor({ status, url, headers, timings, attempts, redirects }: ResponseHead) {
    this.status = status;
    this.url = url;
    this.headers = headers;
    this.timings = timings;
    this.attempts = attempts;
    this.redirects = redirects;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }
}

/** @internal An answer whose body is in memory. */
export class BufferedResponse extends ReceivedHead implements HttpResponse {
  #body: Body;

  constructor(head: ResponseHead, body: Body) {
    super(head);
    this.#body = body;
  }

  text(): Future<string> {
    return completed(decodeText(this.#join(), contentTypeOf(this.headers)));
  }

  json<T = unknown>(): Future<T> {
    const future = new Future<T>();
    try {
      future.setResult(parseJson<T>(this.#join(), this));
    } catch (error) {
      future.setException(error);
    }
    return future;
  }

  bytes(): Future<Uint8Array> {
    const { buffer, byteOffset, byteLength } = this.#join();
    return completed(new Uint8Array(buffer, byteOffset, byteLength));
  }

  async *stream(): AsyncGenerator<Uint8Array, void> {
    const body = this.#join();
    if (body.length > 0) yield body;
  }

  close(): void {}

  async [Symbol.asyncDispose](): Promise<void> {}

  #join(): Buffer {
    this.#body = joinBody(this.#body);
    return this.#body;
  }
}

/** @internal A body as it came: nothing, one piece, or several. */
export type Body = Buffer | Buffer[] | null;

/** @internal One piece. */
export function joinBody(body: Body): Buffer {
  if (body === null) return Buffer.alloc(0);
  return Array.isArray(body) ? Buffer.concat(body) : body;
}

/** @internal The first one, if there are several; empty if there is none. */
export function contentTypeOf(headers: ResponseHeaders): string {
  const type = headers["content-type"];
  return typeof type === "string" ? type : (type?.[0] ?? "");
}

/** @internal @throws DecodeError when it is none. */
export function parseJson<T>(body: Buffer, { url, headers }: ResponseHead): T {
  try {
    return JSON.parse(decodeText(body, contentTypeOf(headers))) as T;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DecodeError(`the answer of ${url} is not JSON: ${why}`, { url, cause });
  }
}

function completed<T>(value: T): Future<T> {
  const future = new Future<T>();
  future.setResult(value);
  return future;
}
