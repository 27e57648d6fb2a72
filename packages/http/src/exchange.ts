import { Future, type TimerHandle } from "@overlap/loop";
import { Attempt, type AttemptOwner, type BodyUse } from "./attempt.ts";
import { BodyStream } from "./body-stream.ts";
import { type Coding, codingsOf } from "./content-coding.ts";
import { decompress } from "./decompress.ts";
import { type HttpError, QueueTimeoutError, RedirectError } from "./errors.ts";
import type { Host } from "./host.ts";
import type { Linked } from "./linked-queue.ts";
import { QueueWait } from "./queue-wait.ts";
import { followRedirect, isRedirect, type Redirect } from "./redirect.ts";
import { type Body, BufferedResponse, type HttpResponse, joinBody, type ResponseHead } from "./response.ts";
import type { Slots } from "./scheduler.ts";
import type { Settings } from "./settings.ts";
import type { Abortable } from "./signal-watch.ts";
import { StreamedResponse } from "./streamed-response.ts";
import { toTimings } from "./timings.ts";
import type { Transport } from "./transport.ts";
import type { WireRequest } from "./wire-request.ts";

const QUEUED = 0;
const RUNNING = 1;
/** It waits for the next attempt, or for its body to be decompressed. */
const RESTING = 2;
const ENDED = 3;

/**
 * One call and its answer, over as many attempts and redirects as it takes: the future that the caller waits for and a
 * place in its host's queue, in one object, because there are very many.
 */
export class Exchange extends Future<HttpResponse> implements AttemptOwner, Linked<Exchange>, Abortable {
  next: Exchange | null = null;
  previous: Exchange | null = null;
  readonly settings: Settings;
  request: WireRequest;
  host: Host;
  attempts = 0;
  readonly #transport: Transport;
  readonly #signal: AbortSignal | null;
  readonly #calledAtMs: number;
  #state = QUEUED;
  #queuedAtMs = 0;
  /** When the first attempt began; below 0 before. */
  #startedAtMs = -1;
  #attempt: Attempt | null = null;
  /** What ends a wait in the queue or before the next attempt. */
  #timer: QueueWait | TimerHandle | null = null;
  #redirects: Redirect[] | null = null;
  /** Where the answer leads that is being read; `null` when it doesn't. */
  #nextRequest: WireRequest | null = null;
  /** The wait after the answer that is being read; `null` when it is the last. */
  #retryDelayMs: number | null = null;
  /** What redirects took of the time of this attempt. */
  #spentMs = 0;
  /** It goes on to where a redirect leads, and does not count as another attempt. */
  #followsOn = false;

  /** `signal` has not fired. */
  constructor(transport: Transport, request: WireRequest, settings: Settings, signal: AbortSignal | null) {
    super();
    this.settings = settings;
    this.request = request;
    this.host = transport.hostOf(request.origin);
    this.#transport = transport;
    this.#signal = signal;
    this.#calledAtMs = this.loop.now();
    settings.retry?.begin();
    transport.begin();
    if (signal !== null) transport.signals.watch(signal, this);
  }

  /** Joins the queue of its host. */
  submit(goesFirst = false): void {
    const { queueTimeoutMs } = this.settings;
    this.#state = QUEUED;
    this.#queuedAtMs = goesFirst ? this.loop.now() : this.#calledAtMs;
    if (queueTimeoutMs < Number.POSITIVE_INFINITY) {
      const wait = new QueueWait(queueTimeoutMs, () => this.#expireInQueue());
      this.#timer = wait;
      this.#transport.queueDeadlines.watch(wait);
    }
    this.#transport.scheduler.enqueue(this, goesFirst);
  }

  /** It has its slots. */
  start(slots: Slots): void {
    this.#state = RUNNING;
    const attempt = new Attempt(this.#transport, this, slots, this.settings.timeoutMs - this.#spentMs);
    this.#leaveQueue(attempt.startedAtMs, true);
    if (this.#startedAtMs < 0) this.#startedAtMs = attempt.startedAtMs;
    if (!this.#followsOn) this.attempts++;
    this.#attempt = attempt;
    this.#transport.enter();
    attempt.start();
  }

  /** Ends the call at once: it leaves the queue, or its connection is closed and its slot is free. */
  override cancel(reason?: unknown): boolean {
    if (!super.cancel(reason)) return false;
    this.#stop(reason);
    return true;
  }

  /** The same when its signal fires, but it fails with the reason; so does the body of a streamed answer. */
  abort(reason: unknown): void {
    if (!this.done) this.setException(reason);
    this.#stop(reason);
  }

  #stop(reason: unknown): void {
    if (this.#state === QUEUED) this.#withdraw();
    else if (this.#state === RUNNING) this.#attempt?.abort(reason);
    else if (this.#state === RESTING) this.#stopResting();
    this.#end();
  }

  onHead(attempt: Attempt): BodyUse {
    const { status, headers } = attempt;
    const { followRedirects, stream } = this.settings;
    if (followRedirects && isRedirect(status, headers.location)) return this.#planRedirect(attempt);
    const retryAfterMs = this.#transport.heed(this.host, status, headers["retry-after"]);
    if (this.#planRetry(status, retryAfterMs)) return "drop";
    return stream ? this.#answerStreamed(attempt) : "keep";
  }

  onComplete(attempt: Attempt): void {
    this.#attempt = null;
    if (this.#nextRequest !== null) this.#follow(this.#nextRequest, attempt);
    else if (this.#retryDelayMs !== null) this.#rest(this.#retryDelayMs);
    else if (this.done) this.#end();
    else this.#answer(attempt);
  }

  onFailure({ startedAtMs, endedAtMs }: Attempt, failure: HttpError): void {
    this.#attempt = null;
    failure.elapsedMs = endedAtMs - startedAtMs;
    if (this.done) return this.#end();
    const { retry } = this.settings;
    const delayMs = retry?.afterError(failure, this.request.method, this.#progress()) ?? null;
    if (delayMs === null) this.#reject(failure);
    else this.#rest(delayMs);
  }

  #planRedirect(attempt: Attempt): BodyUse {
    const { status, headers } = attempt;
    const { url } = this.request;
    const chain = this.#redirects ?? noRedirects;
    try {
      if (chain.length >= this.settings.maxRedirects) {
        throw new RedirectError(`${url} redirects on after ${chain.length} redirects`, { url });
      }
      this.#nextRequest = followRedirect(this.request, status, headers.location, chain);
    } catch (error) {
      attempt.fail(error as HttpError); // followRedirect throws nothing else
    }
    return "drop";
  }

  /** `retryAfterMs` is below 0 when the server asks for a longer pause than anybody wants to make. */
  #planRetry(status: number, retryAfterMs: number): boolean {
    const { retry } = this.settings;
    if (retry === null || retryAfterMs < 0) return false;
    this.#retryDelayMs = retry.afterStatus(status, retryAfterMs, this.request.method, this.#progress());
    return this.#retryDelayMs !== null;
  }

  #progress(): { readonly attempts: number; readonly elapsedMs: number } {
    return { attempts: this.attempts, elapsedMs: this.loop.now() - this.#startedAtMs };
  }

  #follow(request: WireRequest, attempt: Attempt): void {
    this.#nextRequest = null;
    this.#redirects ??= [];
    this.#redirects.push({ status: attempt.status, url: this.request.url });
    this.#spentMs += attempt.endedAtMs - attempt.startedAtMs;
    this.#followsOn = true;
    this.request = request;
    this.host = this.#transport.hostOf(request.origin);
    this.submit(true);
  }

  #rest(delayMs: number): void {
    this.#retryDelayMs = null;
    this.#spentMs = 0;
    this.#followsOn = false;
    this.#state = RESTING;
    this.#transport.resting.add(this);
    this.#timer = this.loop.callLater(delayMs, () => {
      this.#stopResting();
      this.submit(true);
    });
  }

  #stopResting(): void {
    this.#transport.resting.delete(this);
    if (this.#timer !== null && "cancel" in this.#timer) this.#timer.cancel();
    this.#timer = null;
  }

  #answer(attempt: Attempt): void {
    const head = this.#headOf(attempt);
    try {
      const codings = attempt.body === null ? noCodings : this.#codingsOf(attempt);
      if (codings.length === 0) return this.#fulfil(head, attempt.body);
      const { maxBodyBytes: maxBytes } = this.settings;
      const body = decompress({ bytes: joinBody(attempt.body), codings, maxBytes, url: head.url });
      if (body instanceof Promise) this.#awaitBody(head, body);
      else this.#fulfil(head, body);
    } catch (error) {
      this.#reject(error as HttpError); // decompress and codingsOf throw nothing else
    }
  }

  #awaitBody(head: ResponseHead, body: Promise<Buffer>): void {
    this.#state = RESTING;
    this.#transport.resting.add(this);
    body.then(
      (bytes) => this.#stopAwaiting(() => this.#fulfil(head, bytes)),
      (error: HttpError) => this.#stopAwaiting(() => this.#reject(error)),
    );
  }

  /** Nobody is told anything when the call was cancelled meanwhile. */
  #stopAwaiting(tell: () => void): void {
    if (this.done) return;
    this.#stopResting();
    tell();
  }

  #answerStreamed(attempt: Attempt): BodyUse {
    const { maxStreamBytes, maxBodyBytes } = this.settings;
    const raw = new BodyStream(attempt);
    try {
      const body = { raw, codings: this.#codingsOf(attempt), maxStreamBytes, maxBodyBytes };
      this.setResult(new StreamedResponse(this.#headOf(attempt), body));
      return raw;
    } catch (error) {
      attempt.fail(error as HttpError); // codingsOf throws nothing else
      return "drop";
    }
  }

  #codingsOf({ headers }: Attempt): readonly Coding[] {
    return this.#transport.decompress ? codingsOf(headers["content-encoding"], this.request.url) : noCodings;
  }

  /** For a streamed answer the end is that of the header. */
  #headOf(attempt: Attempt): ResponseHead {
    const { status, headers, endedAtMs } = attempt;
    const { url } = this.request;
    const { attempts } = this;
    const timings = toTimings(attempt, this.#calledAtMs, endedAtMs < 0 ? this.loop.now() : endedAtMs);
    return { status, url, headers, timings, attempts, redirects: this.#redirects ?? noRedirects };
  }

  #fulfil(head: ResponseHead, body: Body): void {
    this.setResult(new BufferedResponse(head, body));
    this.#end();
  }

  #reject(failure: HttpError): void {
    failure.attempts = this.attempts;
    this.setException(failure);
    this.#end();
  }

  #end(): void {
    this.#state = ENDED;
    if (this.#signal !== null) this.#transport.signals.end(this.#signal, this);
    this.#transport.finish();
  }

  #expireInQueue(): void {
    const { url } = this.request;
    this.#withdraw();
    this.#reject(
      new QueueTimeoutError(`${url} got no slot within ${this.settings.queueTimeoutMs} ms`, { url }),
    );
  }

  #withdraw(): void {
    this.#leaveQueue(this.loop.now(), false);
    this.#transport.scheduler.withdraw(this);
  }

  #leaveQueue(nowMs: number, ok: boolean): void {
    if (this.#timer instanceof QueueWait) this.#transport.queueDeadlines.end(this.#timer);
    this.#timer = null;
    this.#transport.spans?.queue(this.request.url, this.#queuedAtMs, nowMs, ok);
  }
}

const noRedirects: readonly Redirect[] = [];
const noCodings: readonly Coding[] = [];
