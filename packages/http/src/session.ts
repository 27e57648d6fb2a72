import { Future } from "@overlap/loop";
import { HttpError, InvalidRequestError, SessionClosedError } from "./errors.ts";
import { Exchange } from "./exchange.ts";
import { checkHeaders, toHeaderList } from "./header-list.ts";
import {
  expectByteCount,
  expectPositiveDuration,
  expectPositiveInteger,
  expectTimerDuration,
  type GetOptions,
  type PostOptions,
  type RequestOptions,
  type SessionOptions,
} from "./options.ts";
import type { HttpResponse } from "./response.ts";
import { TargetParser } from "./target.ts";
import { Transport } from "./transport.ts";
import { checkMethod, type SharedHeaders, toWireRequest } from "./wire-request.ts";

const noOptions: PostOptions = {};

/**
 * One session, very many requests. It keeps up to `limit` of them in flight, the others in its own queue, and uses
 * connections again.
 *
 * Every method returns a future: `await` it, or `yield*` it in a coroutine. It fulfils with the answer, whatever its
 * status, and fails with an `HttpError` and nothing else. Cancelling it is immediate: a queued request leaves the queue;
 * one in flight loses its connection, and its slot is free.
 *
 * @example
 * await using session = new Session({ limit: 100 });
 * const response = await session.get("http://127.0.0.1:4000/add", { query: { name: "squares" } });
 * console.log(response.status, await response.json());
 */
export class Session implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #timeoutMs: number;
  readonly #headers: SharedHeaders;
  readonly #targets = new TargetParser();
  /** Who waits for the session to be closed. */
  readonly #closers: Future<void>[] = [];
  #state: "open" | "closing" | "destroying" | "closed" = "open";

  /** @throws InvalidRequestError for an option outside its range. */
  constructor(options: SessionOptions = {}) {
    const { limit = 100, timeoutMs = 30_000, keepAliveMs = 4_000, maxBodyBytes = 67_108_864 } = options;
    this.#timeoutMs = expectPositiveDuration("timeoutMs", timeoutMs);
    const fields = checkHeaders(options.headers ?? {});
    this.#headers = { fields, list: toHeaderList(fields) };
    const settled = {
      limit: expectPositiveInteger("limit", limit),
      connectTimeoutMs: timeoutMs,
      keepAliveMs: expectTimerDuration("keepAliveMs", keepAliveMs),
      maxBodyBytes: expectByteCount("maxBodyBytes", maxBodyBytes),
      trace: options.trace ?? null,
    };
    this.#transport = new Transport(settled, () => this.#onIdle());
  }

  /** Requests on the network now, never more than `limit`. */
  get inFlight(): number {
    return this.#transport.inFlight;
  }

  /** Requests that wait for a slot. */
  get queued(): number {
    return this.#transport.queued;
  }

  /** Asks for `url`. */
  get(url: string | URL, options: GetOptions = noOptions): Future<HttpResponse> {
    return this.#send("GET", url, options);
  }

  /** Sends a body to `url`. */
  post(url: string | URL, options: PostOptions = noOptions): Future<HttpResponse> {
    return this.#send("POST", url, options);
  }

  /** Sends a request of any method but CONNECT. */
  request(options: RequestOptions): Future<HttpResponse> {
    return this.#send(options.method ?? "GET", options.url, options);
  }

  /**
   * Takes no more requests, waits until those that were accepted have ended, queued ones included, and closes the
   * connections. Cancelling the wait leaves the session closing.
   */
  close(): Future<void> {
    const closed = new Future<void>();
    if (this.#state === "closed") {
      closed.setResult(undefined);
      return closed;
    }
    this.#closers.push(closed);
    if (this.#state === "open") {
      this.#state = "closing";
      if (this.inFlight === 0 && this.queued === 0) this.#onIdle();
    }
    return closed;
  }

  /**
   * Closes the session at the end of its scope. What nobody has waited for by then, as after a failure, is cancelled: use
   * `close()` to let it finish.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.close();
    this.#transport.cancelAll("the session was disposed");
    await closed;
  }

  #send(method: string, url: string | URL, options: PostOptions): Future<HttpResponse> {
    try {
      const exchange = this.#createExchange(method, url, options);
      this.#transport.submit(exchange);
      return exchange;
    } catch (error) {
      return failed(withUrl(error, url));
    }
  }

  #createExchange(method: string, url: string | URL, options: PostOptions): Exchange {
    if (this.#state !== "open") {
      throw new SessionClosedError("the session is closed: it takes no more requests", { url: String(url) });
    }
    const timeoutMs =
      options.timeoutMs === undefined
        ? this.#timeoutMs
        : expectPositiveDuration("timeoutMs", options.timeoutMs);
    const target = this.#targets.parse(url, options.query);
    const request = toWireRequest(checkMethod(method), target, options, this.#headers);
    return new Exchange(this.#transport, request, timeoutMs);
  }

  #onIdle(): void {
    if (this.#state !== "closing") return;
    this.#state = "destroying";
    void this.#transport.destroy().then(() => {
      this.#state = "closed";
      for (const closer of this.#closers) if (!closer.done) closer.setResult(undefined);
      this.#closers.length = 0;
    });
  }
}

function failed(error: HttpError): Future<HttpResponse> {
  const future = new Future<HttpResponse>();
  future.setException(error);
  return future;
}

/** Checks of single arguments don't know the URL, and arguments of a wrong type can fail anywhere in their checking. */
function withUrl(error: unknown, url: unknown): HttpError {
  if (error instanceof HttpError) {
    if (error.url !== undefined) return error;
    return new InvalidRequestError(error.message, { url: String(url), cause: error.cause });
  }
  return unexpected(error, url);
}

function unexpected(cause: unknown, url: unknown): InvalidRequestError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new InvalidRequestError(`the request cannot be made: ${why}`, { url: String(url), cause });
}
