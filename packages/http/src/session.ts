import { Future } from "@overlap/loop";
import { RetryBudget } from "@overlap/policy";
import { HttpError, InvalidRequestError, SessionClosedError } from "./errors.ts";
import { Exchange } from "./exchange.ts";
import type { GetOptions, PostOptions, RequestOptions, SessionOptions } from "./options.ts";
import { type OutcomeOptions, OutcomeStream } from "./outcome-stream.ts";
import type { HttpResponse } from "./response.ts";
import { settleHeaders, settleTransport } from "./session-settings.ts";
import { type Settings, settleRequest, settleSession } from "./settings.ts";
import { TargetParser } from "./target.ts";
import { Transport } from "./transport.ts";
import { checkMethod, type SharedHeaders, toWireRequest } from "./wire-request.ts";

const noOptions: PostOptions = {};

/**
 * One session, very many requests. It keeps up to `limit` of them in flight, the others in its own queue, and uses
 * connections again.
 *
 * Every method returns a future: `await` it, or `yield*` it in a coroutine. It fulfils with the answer, whatever its
 * status, and fails with an `HttpError`, or with the reason of its `signal`, and nothing else. Cancelling it is immediate: a queued request leaves the queue;
 * one in flight loses its connection, and its slot is free.
 *
 * @example
 * await using session = new Session({ limit: 100, perHost: 8, retry: { attempts: 3 } });
 * const response = await session.get("http://127.0.0.1:4000/add", { query: { name: "squares" } });
 * console.log(response.status, await response.json());
 */
export class Session implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #settings: Settings;
  readonly #headers: SharedHeaders;
  readonly #budget = new RetryBudget();
  readonly #targets = new TargetParser();
  /** Who waits for the session to be closed. */
  readonly #closers: Future<void>[] = [];
  #state: "open" | "closing" | "destroying" | "closed" = "open";

  /** @throws InvalidRequestError, PolicyArgumentError for an option outside its range. */
  constructor(options: SessionOptions = {}) {
    this.#settings = settleSession(options, this.#budget);
    this.#headers = settleHeaders(options);
    this.#transport = new Transport(settleTransport(options), () => this.#onIdle());
  }

  /** Requests on the network now, never more than `limit`. */
  get inFlight(): number {
    return this.#transport.inFlight;
  }

  /** Requests that wait for a slot. */
  get queued(): number {
    return this.#transport.scheduler.queued;
  }

  /** Asks for `url`. */
  get(url: string | URL, options: GetOptions = noOptions): Future<HttpResponse> {
    return this.#send("GET", url, options);
  }

  /** Asks for the header of `url` only. */
  head(url: string | URL, options: GetOptions = noOptions): Future<HttpResponse> {
    return this.#send("HEAD", url, options);
  }

  /** Sends a body to `url`. */
  post(url: string | URL, options: PostOptions = noOptions): Future<HttpResponse> {
    return this.#send("POST", url, options);
  }

  /** Puts a body at `url`. */
  put(url: string | URL, options: PostOptions = noOptions): Future<HttpResponse> {
    return this.#send("PUT", url, options);
  }

  /** Changes what is at `url`. */
  patch(url: string | URL, options: PostOptions = noOptions): Future<HttpResponse> {
    return this.#send("PATCH", url, options);
  }

  /** Deletes what is at `url`. */
  delete(url: string | URL, options: PostOptions = noOptions): Future<HttpResponse> {
    return this.#send("DELETE", url, options);
  }

  /** Sends a request of any method but CONNECT. */
  request(options: RequestOptions): Future<HttpResponse> {
    return this.#send(options.method ?? "GET", options.url, options);
  }

  /**
   * Sends very many requests and gives an outcome for each, as they come or in order; see `fetchMany`, which makes a session for it. Requests
   * are pulled while the session has a slot for them.
   *
   * @throws InvalidRequestError for an option outside its range.
   */
  fetchMany<R extends string | URL | RequestOptions>(
    requests: Iterable<R> | AsyncIterable<R>,
    options: OutcomeOptions = {},
  ): OutcomeStream<R> {
    return this.streamOutcomes(requests, options, () => {});
  }

  /** @internal `onEnd` is called when nothing more will be sent. */
  streamOutcomes<R extends string | URL | RequestOptions>(
    requests: Iterable<R> | AsyncIterable<R>,
    options: OutcomeOptions,
    onEnd: () => PromiseLike<void> | void,
  ): OutcomeStream<R> {
    const { scheduler } = this.#transport;
    return new OutcomeStream({ requests, scheduler, send: (each) => this.#sendAny(each), onEnd }, options);
  }

  /**
   * Cancels the requests that are not on the network: those that wait for a slot, and those that wait for their next attempt. What is in
   * flight goes on.
   */
  cancelWaiting(reason?: unknown): void {
    this.#transport.cancelWaiting(reason);
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
      if (this.#transport.unfinished === 0) this.#onIdle();
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

  /** Whatever comes out of somebody's iterable. */
  #sendAny(request: string | URL | RequestOptions): Future<HttpResponse> {
    if (typeof request === "string" || request instanceof URL) return this.get(request);
    if (typeof request === "object" && request !== null) return this.request(request);
    const got = String(request);
    return failed(
      new InvalidRequestError(`expected a URL or the options of a request, got ${got}`, { url: got }),
    );
  }

  #send(method: string, url: string | URL, options: PostOptions): Future<HttpResponse> {
    if (options.signal?.aborted) return failed(options.signal.reason);
    try {
      const exchange = this.#createExchange(method, url, options);
      exchange.submit();
      return exchange;
    } catch (error) {
      return failed(withUrl(error, url));
    }
  }

  #createExchange(method: string, url: string | URL, options: PostOptions): Exchange {
    if (this.#state !== "open") {
      throw new SessionClosedError("the session is closed: it takes no more requests", { url: String(url) });
    }
    const settings =
      options === noOptions ? this.#settings : settleRequest(this.#settings, options, this.#budget);
    const target = this.#targets.parse(url, options.query);
    const request = toWireRequest(checkMethod(method), target, options, this.#headers);
    return new Exchange(this.#transport, request, settings, options.signal ?? null);
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

function failed(error: unknown): Future<HttpResponse> {
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
