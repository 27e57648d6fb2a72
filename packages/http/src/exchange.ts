import { Future } from "@overlap/loop";
import type { Dispatcher } from "undici";
import { BodyTooLargeError, type HttpError, TimeoutError } from "./errors.ts";
import { toHttpError } from "./failure.ts";
import { type Body, BufferedResponse, type HttpResponse, type ResponseHeaders } from "./response.ts";
import type { Transport } from "./transport.ts";
import { isIdempotent, type WireRequest } from "./wire-request.ts";

const WAITING = 0;
const RUNNING = 1;
const ENDED = 2;

/** A shorter wait was for a turn of the event loop, not for a slot. */
const shortestQueueMs = 1;

/** Thrown at undici when it starts what has ended meanwhile: the one refusal that leaves the connection alone. */
const ended = new Error("the request has ended before it was sent");

/**
 * One request and its answer: the future that the caller waits for, its place in the queue and among the deadlines, and
 * what undici reports to, all in one object, because there are very many.
 */
export class Exchange extends Future<HttpResponse> implements Dispatcher.DispatchHandler {
  /** Links of the queue it is in: first who waits, then who runs. */
  next: Exchange | null = null;
  previous: Exchange | null = null;
  readonly timeoutMs: number;
  deadlineMs = 0;
  receivedBytes = 0;
  bytesAtLook = -1;
  readonly #request: WireRequest;
  readonly #transport: Transport;
  readonly #calledAtMs: number;
  #startedAtMs = 0;
  /** Below 0: no byte of the answer yet. */
  #firstByteAtMs = -1;
  #phase = WAITING;
  /** undici's handle while the request is on a connection. */
  #controller: Dispatcher.DispatchController | null = null;
  #reused = false;
  #repeated = false;
  #status = 0;
  #headers: ResponseHeaders | null = null;
  #body: Body = null;

  constructor(transport: Transport, request: WireRequest, timeoutMs: number) {
    super();
    this.#transport = transport;
    this.#request = request;
    this.timeoutMs = timeoutMs;
    this.#calledAtMs = this.#now();
  }

  /** It has its slot: after a wait, or in the very call that made it. */
  start(waited: boolean): void {
    this.#phase = RUNNING;
    this.#startedAtMs = waited ? this.#now() : this.#calledAtMs;
    this.#transport.send(this.#request, this);
  }

  /** Ends the request at once: it leaves the queue, or its connection is closed and its slot is free. */
  override cancel(reason?: unknown): boolean {
    if (!super.cancel(reason)) return false;
    if (this.#phase !== ENDED) this.#end(false, false);
    return true;
  }

  /** Its deadline has passed. */
  expire(): void {
    const { url } = this.#request;
    const how = this.#firstByteAtMs < 0 ? "did not answer" : "did not finish its answer";
    this.#fail(new TimeoutError(`${url} ${how} within ${this.timeoutMs} ms`, { url }));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#phase === ENDED) throw ended;
    this.#controller = controller;
    this.#reused = !this.#transport.onFreshConnection;
  }

  onResponseStarted(): void {
    if (this.#firstByteAtMs < 0) this.#firstByteAtMs = this.#now();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    if (status < 200) return; // an interim answer; the real one follows
    this.#status = status;
    this.#headers = headers;
    const length = headers["content-length"];
    if (
      length !== undefined &&
      Number(length) > this.#transport.maxBodyBytes &&
      this.#request.method !== "HEAD"
    ) {
      this.#refuseBody();
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#phase === ENDED) return;
    this.receivedBytes += chunk.length;
    if (this.receivedBytes > this.#transport.maxBodyBytes) this.#refuseBody();
    else if (this.#body === null) this.#body = chunk;
    else if (Array.isArray(this.#body)) this.#body.push(chunk);
    else this.#body = [this.#body, chunk];
  }

  onResponseEnd(): void {
    if (this.#phase === ENDED) return;
    const { url } = this.#request;
    const startedAtMs = this.#startedAtMs;
    const timings = {
      queuedMs: startedAtMs - this.#calledAtMs,
      firstByteMs: this.#firstByteAtMs - startedAtMs,
      totalMs: this.#now() - this.#calledAtMs,
    };
    // The header came before the end, or undici would have reported an error.
    const headers = this.#headers as ResponseHeaders;
    const response = new BufferedResponse(url, this.#status, headers, this.#body, timings);
    this.#controller = null;
    if (!this.done) this.setResult(response);
    this.#end(response.ok, true);
  }

  onResponseError(_: unknown, error: Error): void {
    if (this.#phase === ENDED) return;
    const { url, origin } = this.#request;
    const sent = this.#controller !== null;
    this.#controller = null;
    const failure = toHttpError(error, { url, origin, sent, headed: this.#headers !== null });
    if (this.#mayRepeat(failure)) this.#transport.send(this.#request, this);
    else this.#fail(failure);
  }

  /**
   * A server may close an idle connection while the next request is on its way. Then no byte of an answer comes, and a
   * request that may be sent twice is sent again at once, once.
   */
  #mayRepeat(failure: HttpError): boolean {
    if (failure.code !== "OVERLAP_HTTP_CONNECTION_LOST" || !this.#reused || this.#repeated) return false;
    if (this.#firstByteAtMs >= 0 || !isIdempotent(this.#request.method)) return false;
    this.#repeated = true;
    return true;
  }

  #refuseBody(): void {
    const { url } = this.#request;
    const { maxBodyBytes } = this.#transport;
    this.#fail(new BodyTooLargeError(`the body of ${url} has more than ${maxBodyBytes} bytes`, { url }));
  }

  #fail(failure: HttpError): void {
    if (!this.done) this.setException(failure);
    this.#end(false, false);
  }

  /** The one way to the end: what it held is free. */
  #end(ok: boolean, answered: boolean): void {
    const wasRunning = this.#phase === RUNNING;
    this.#phase = ENDED;
    this.#body = null;
    this.#record(wasRunning, ok);
    const controller = this.#controller;
    this.#controller = null;
    controller?.abort(ended);
    if (wasRunning) this.#transport.release(this, answered);
    else this.#transport.withdraw(this);
  }

  #record(wasRunning: boolean, ok: boolean): void {
    const { trace } = this.#transport;
    if (trace === null) return;
    const { url } = this.#request;
    const nowMs = trace.now();
    const startedAtMs = wasRunning ? this.#startedAtMs : nowMs;
    if (startedAtMs - this.#calledAtMs >= shortestQueueMs)
      trace.span("http", "queue", url, this.#calledAtMs, startedAtMs, wasRunning);
    if (wasRunning) trace.span("http", "io", url, startedAtMs, nowMs, ok);
  }

  /** The trace's clock if there is one, so that spans and timings agree. */
  #now(): number {
    const { trace } = this.#transport;
    return trace === null ? performance.now() : trace.now();
  }
}
