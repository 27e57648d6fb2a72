import type { ConnectionOptions } from "node:tls";
import type { BackoffOptions, Limiter, RateOptions, RetryBudget } from "@overlap/policy";
import type { Lookup } from "./resolver.ts";
import type { TraceSink } from "./trace-sink.ts";

/** Names and values of header fields; several values of one name are sent as several fields. */
export type HeaderFields = Readonly<Record<string, string | readonly string[]>>;

/** One value of a query or a form. */
export type QueryValue = string | number | boolean;

/** What is appended to the query of a URL, or sent as a form; a list repeats its name, `undefined` leaves it out. */
export type QueryFields = Readonly<Record<string, QueryValue | readonly QueryValue[] | undefined>>;

/** The TLS options of Node that a session passes on, under Node's names. */
export type TlsSettings = Readonly<
  Pick<
    ConnectionOptions,
    | "ca"
    | "cert"
    | "key"
    | "pfx"
    | "passphrase"
    | "servername"
    | "rejectUnauthorized"
    | "checkServerIdentity"
    | "minVersion"
    | "maxVersion"
    | "ciphers"
    | "secureContext"
  >
>;

/** When a request is sent again. */
export interface HttpRetryOptions extends BackoffOptions {
  /** Attempts in all, the first included. An integer of at least 1. @default 4 */
  readonly attempts?: number;
  /** Milliseconds from the first attempt after which none begins. At least 0. @default Infinity */
  readonly maxElapsedMs?: number;
  /** Statuses that are worth another attempt. @default [429, 502, 503, 504] */
  readonly statuses?: readonly number[];
  /**
   * Methods that may be sent twice. Others are only sent again when nothing of the request can have reached the server.
   * @default ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"], the idempotent ones
   */
  readonly methods?: readonly string[];
  /** What retries are taken from. @default one of the session: 10 retries, and one for every 5 requests */
  readonly budget?: RetryBudget;
}

/** How one request behaves; a session has the same options for all of its requests. */
export interface TransferOptions {
  /**
   * Milliseconds from when the request is handed to the network to the last byte of the answer. Redirects count, waiting in the
   * session's queue does not, and each retry starts anew. For a streamed answer the session's value ends with the header, the
   * request's own does not. Above 0; `Infinity` for no deadline.
   * @default 30_000
   */
  readonly timeoutMs?: number;
  /** Milliseconds that it may wait in the session's queue. Above 0. @default Infinity */
  readonly queueTimeoutMs?: number;
  /** Milliseconds until it is on a connection, name look-up and TLS included. Above 0. @default 10_000 */
  readonly connectTimeoutMs?: number;
  /** Milliseconds from when it is sent until the header of the answer is complete. Above 0. @default Infinity */
  readonly headersTimeoutMs?: number;
  /** Milliseconds that may pass without a byte of the body, while somebody reads it. Above 0. @default 30_000 */
  readonly idleTimeoutMs?: number;
  /**
   * Bytes that the body of an answer may have, as it comes and decompressed, to be held in memory. Does not hold for a streamed
   * answer unless the request itself says so. An integer of at least 0, or `Infinity`.
   * @default 67_108_864 (64 MiB)
   */
  readonly maxBodyBytes?: number;
  /** Whether redirects are followed; otherwise they are answers like others. @default true */
  readonly followRedirects?: boolean;
  /** Redirects that are followed at most. An integer of at least 0. @default 10 */
  readonly maxRedirects?: number;
  /** When it is sent again; `false` for never. @default false */
  readonly retry?: HttpRetryOptions | false;
}

/** How a session behaves. */
export interface SessionOptions extends TransferOptions {
  /**
   * Requests in flight at most, over all hosts; the others wait in the session. An integer of at least 1; `"auto"`, which finds out how many
   * bring the most while they are sent; or a `Limiter`, such as `auto({ max })`, which may be shared with others.
   * @default 100
   */
  readonly limit?: number | "auto" | Limiter;
  /**
   * Requests in flight at most, and connections, to each origin (scheme, host and port). An integer of at least 1; `"auto"`, which
   * finds it out for each origin; or a function that makes a limiter for an origin.
   * @default as many as `limit` allows
   */
  readonly perHost?: number | "auto" | ((origin: string) => Limiter);
  /** Requests started per second at most, over all hosts. @default no limit */
  readonly rate?: RateOptions;
  /** Requests started per second at most, to each origin. @default no limit */
  readonly ratePerHost?: RateOptions;
  /**
   * A status of 429 or 503 with `Retry-After` slows its whole origin: nothing more is sent there for so long, but for no more
   * milliseconds than this. An answer that asks for more is not retried. At least 0; 0 pays no attention to it.
   * @default 60_000
   */
  readonly maxRetryAfterMs?: number;
  /**
   * Milliseconds for which an idle connection is kept to be used again; shorter when the server says so. Above 0, at most
   * 2,147,483,647.
   * @default 4_000
   */
  readonly keepAliveMs?: number;
  /**
   * Whether a request that may be sent twice is sent again at once, once, when the server closed the used connection
   * before a byte of the answer. Apart from `retry`.
   * @default true
   */
  readonly keepAliveRetry?: boolean;
  /** Connections open at most before those to idle hosts are closed. An integer of at least `limit`. @default 2 · `limit` */
  readonly maxConnections?: number;
  /** Sent with every request; a request's own header of the same name replaces it. @default `user-agent: overlap` */
  readonly headers?: HeaderFields;
  /** Whether gzip, deflate, br and zstd are asked for and decompressed. @default true */
  readonly decompress?: boolean;
  /**
   * Whether only addresses on the public internet are connected to. Every address that a name stands for is checked, when the connection
   * is made, after redirects too.
   * @default false
   */
  readonly publicOnly?: boolean;
  /** Says which addresses may be connected to, instead of `publicOnly`; asked at the same times. @default all */
  readonly allowAddress?: (address: string) => boolean;
  /** What TLS connections are made with. @default Node's defaults */
  readonly tls?: TlsSettings;
  /** Finds the addresses of a name. @default the system's look-up */
  readonly lookup?: Lookup;
  /** Milliseconds for which the addresses of a name are remembered. At least 0. @default 10_000 */
  readonly lookupCacheMs?: number;
  /** Milliseconds for which is remembered that a name has no address. At least 0. @default 1_000 */
  readonly lookupFailureCacheMs?: number;
  /**
   * Where each request leaves its spans, with the URL as the label: `queue` if it waited for a slot, and `io` on the lanes `http connect`,
   * `http request` and `http body`, one after the other. A part of less than 1 ms is left out, or counts as part of the request.
   * @default none
   */
  readonly trace?: TraceSink;
}

/** Options of a request without a body. */
export interface GetOptions extends TransferOptions {
  /** Sent beside the session's headers. @default none */
  readonly headers?: HeaderFields;
  /** Appended to the query of the URL. @default none */
  readonly query?: QueryFields;
  /**
   * Whether the answer is there as soon as its header is, and its body comes while it is read. Until it is read or closed, it holds its
   * slot.
   * @default false
   */
  readonly stream?: boolean;
  /**
   * Ends the call at once when it fires, in the queue, in flight or while a streamed body is read: it fails with `signal.reason`. Very many
   * calls may share one. @default none
   */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a request that may have a body: `body`, `json` or `form`, one of them. */
export interface PostOptions extends GetOptions {
  /**
   * The body; text is sent as UTF-8 and, unless a header says otherwise, called `text/plain`. Bytes are not copied: leave them alone until
   * the answer is there.
   * @default none
   */
  readonly body?: string | Uint8Array;
  /** A value that is sent as JSON. @default none */
  readonly json?: unknown;
  /** Fields that are sent as `application/x-www-form-urlencoded`. @default none */
  readonly form?: QueryFields | URLSearchParams;
}

/** A request of any method. */
export interface RequestOptions extends PostOptions {
  /** Absolute, with the scheme `http` or `https`. A user and a password in it are sent as basic authorization. */
  readonly url: string | URL;
  /** The method; upper-cased. @default "GET" */
  readonly method?: string;
}
