import { InvalidRequestError } from "./errors.ts";
import type { TraceSink } from "./trace-sink.ts";

/** Names and values of header fields; several values of one name are sent as several fields. */
export type HeaderFields = Readonly<Record<string, string | readonly string[]>>;

/** One value of a query. */
export type QueryValue = string | number | boolean;

/** What is appended to the query of a URL; a list repeats its name, `undefined` leaves it out. */
export type QueryFields = Readonly<Record<string, QueryValue | readonly QueryValue[] | undefined>>;

/** How a session behaves. */
export interface SessionOptions {
  /**
   * Requests in flight at most, over all hosts; the others wait in the session, first come first served. Also the most
   * connections to one host. An integer of at least 1.
   * @default 100
   */
  readonly limit?: number;
  /**
   * Milliseconds that a request may take from when it is handed to the network to the last byte of its answer: connecting
   * and a repeated attempt count, waiting in the session's queue does not. Above 0; `Infinity` for no deadline.
   * @default 30_000
   */
  readonly timeoutMs?: number;
  /**
   * Milliseconds for which an idle connection is kept to be used again; shorter when the server says so. Above 0, at most
   * 2,147,483,647.
   * @default 4_000
   */
  readonly keepAliveMs?: number;
  /**
   * Bytes that the body of an answer may have. An integer of at least 0, or `Infinity`.
   * @default 67_108_864 (64 MiB)
   */
  readonly maxBodyBytes?: number;
  /** Sent with every request; a request's own header of the same name replaces it. @default none */
  readonly headers?: HeaderFields;
  /**
   * Where each request leaves its spans, on the lane `http` and with the URL as the label: `queue` if it waited for a
   * slot for 1 ms or more, and `io` for its time on the network.
   * @default none
   */
  readonly trace?: TraceSink;
}

/** Options of a request without a body. */
export interface GetOptions {
  /** Sent beside the session's headers. @default none */
  readonly headers?: HeaderFields;
  /** Appended to the query of the URL. @default none */
  readonly query?: QueryFields;
  /** This request's deadline instead of the session's, in milliseconds. Above 0, or `Infinity`. @default the session's */
  readonly timeoutMs?: number;
}

/** Options of a request that may have a body: `body` or `json`, not both. */
export interface PostOptions extends GetOptions {
  /**
   * The body; text is sent as UTF-8 and, unless a header says otherwise, called `text/plain`. Bytes are not copied: leave them alone until
   * the answer is there.
   * @default none
   */
  readonly body?: string | Uint8Array;
  /** A value that is sent as JSON. @default none */
  readonly json?: unknown;
}

/** A request of any method. */
export interface RequestOptions extends PostOptions {
  /** Absolute, with the scheme `http` or `https`. */
  readonly url: string | URL;
  /** The method; upper-cased. @default "GET" */
  readonly method?: string;
}

/** @internal Returns `value` when it is an integer of at least 1, and throws otherwise. */
export function expectPositiveInteger(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidRequestError(`expected a positive integer for ${name}, got ${String(value)}`);
}

/** @internal Returns `value` when it is a number above 0, and throws otherwise. */
export function expectPositiveDuration(name: string, value: number): number {
  if (typeof value === "number" && value > 0) return value;
  throw new InvalidRequestError(`expected milliseconds above 0 for ${name}, got ${String(value)}`);
}

/** @internal Returns `value` when a timer can count it, and throws otherwise. */
export function expectTimerDuration(name: string, value: number): number {
  if (typeof value === "number" && value > 0 && value <= longestTimerMs) return value;
  throw new InvalidRequestError(
    `expected milliseconds above 0 and at most ${longestTimerMs} for ${name}, got ${String(value)}`,
  );
}

/** Native timers count in a signed 32-bit number. */
const longestTimerMs = 2 ** 31 - 1;

/** @internal Returns `value` when it is a whole number of bytes or `Infinity`, and throws otherwise. */
export function expectByteCount(name: string, value: number): number {
  if (value >= 0 && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY)) return value;
  throw new InvalidRequestError(`expected a number of bytes of at least 0 for ${name}, got ${String(value)}`);
}
