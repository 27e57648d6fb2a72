import { currentLoop, type Loop } from "@overlap/loop";
import type { SlotOutcome } from "@overlap/policy";
import type { Dispatcher } from "undici";
import { type BodyFlow, BodyStream } from "./body-stream.ts";
import type { Connection } from "./connection.ts";
import type { Timed } from "./deadlines.ts";
import { BodyTooLargeError, ConnectError, type HttpError, SessionClosedError, TlsError } from "./errors.ts";
import { toHttpError } from "./failure.ts";
import type { Host } from "./host.ts";
import type { Body, ResponseHeaders } from "./response.ts";
import type { Slots } from "./scheduler.ts";
import type { Settings } from "./settings.ts";
import { outcomeOfAnswer, outcomeOfFailure } from "./slot-outcomes.ts";
import type { AttemptTimes } from "./spans.ts";
import { type Phase, timeoutOf, toPhaseTimeout, toTotalTimeout } from "./timeouts.ts";
import type { Transport } from "./transport.ts";
import { idempotentMethods, type WireRequest } from "./wire-request.ts";

/** What becomes of the body of an answer: it is kept in memory, dropped, or streamed. */
export type BodyUse = "keep" | "drop" | BodyStream;

/** Who an attempt is made for. */
export interface AttemptOwner {
  readonly settings: Settings;
  readonly request: WireRequest;
  readonly host: Host;
  /** How often the request was handed to the network; counts a repeated attempt too. */
  attempts: number;
  /** The header of the answer is there. May abort the attempt. */
  onHead(attempt: Attempt): BodyUse;
  /** The answer is complete, or what is missing of it is of no use to anybody. Its slot is freed right after. */
  onComplete(attempt: Attempt): void;
  /** There will be no answer, or no rest of it. The slot is freed right after. */
  onFailure(attempt: Attempt, failure: HttpError): void;
  /** Cancels the call; false when it is done. */
  cancel(reason: unknown): boolean;
}

/** Thrown at undici when it starts what has ended meanwhile: the one refusal that leaves the connection alone. */
const ended = new Error("the request has ended before it was sent");

/** A body that nobody wants is read up to here, because that is cheaper than a new connection. */
const mostDroppedBytes = 65_536;

/** One request on the wire and its answer: what undici reports to, and what the deadlines watch, in one object. */
export class Attempt implements Dispatcher.DispatchHandler, Timed, AttemptTimes, BodyFlow {
  next: Timed | null = null;
  previous: Timed | null = null;
  line: Timed["line"] = null;
  lookAtMs = 0;
  spared = false;
  readonly lookEveryMs: number;
  /** 0 until the header is there. */
  status = 0;
  /** Empty until the header is there. */
  headers: ResponseHeaders = noHeaders;
  body: Body = null;
  readonly startedAtMs: number;
  sentAtMs = -1;
  reused = false;
  firstByteAtMs = -1;
  endedAtMs = -1;
  readonly #transport: Transport;
  readonly #owner: AttemptOwner;
  readonly #request: WireRequest;
  readonly #host: Host;
  readonly #slots: Slots;
  readonly #loop: Loop = currentLoop();
  /** What is left of the request's time. */
  readonly #timeoutMs: number;
  #connection: Connection;
  #phase: Phase = "connecting";
  /** Since when it waits for what it waits for. */
  #waitsSinceMs: number;
  /** undici's handle while the request is on a connection. */
  #controller: Dispatcher.DispatchController | null = null;
  #repeated = false;
  /** All of the answer was read. */
  #isWhole = false;
  #receivedBytes = 0;
  #use: BodyUse = "keep";

  constructor(transport: Transport, owner: AttemptOwner, slots: Slots, timeoutMs: number) {
    this.#transport = transport;
    this.#owner = owner;
    this.#request = owner.request;
    this.#host = owner.host;
    this.#slots = slots;
    this.#timeoutMs = timeoutMs;
    this.#connection = owner.host.connections.take();
    this.lookEveryMs = Math.min(owner.settings.lookEveryMs, Math.ceil(timeoutMs));
    this.startedAtMs = this.#loop.now();
    this.#waitsSinceMs = this.startedAtMs;
  }

  /** Hands the request to undici, which reports what comes of it. */
  start(): void {
    this.#transport.spans?.begin();
    this.#transport.deadlines.watch(this);
    this.#connection.dispatch(this.#request, this);
  }

  /** The session ends, and the call with it; somebody who reads a streamed answer is told. */
  cancel(reason: unknown): void {
    const { url } = this.#request;
    if (this.#owner.cancel(reason)) return;
    this.fail(new SessionClosedError(`the session was closed before ${url} was read`, { url }));
  }

  /** There can be no answer, or no use for it. */
  fail(failure: HttpError): void {
    if (this.#phase === "ended") return;
    this.#finish(false);
    if (this.#use instanceof BodyStream) this.#use.fail(failure);
    this.#owner.onFailure(this, failure);
    this.#free(outcomeOfFailure(failure));
  }

  /** Nobody wants the answer any more: its connection is closed and its slot is free. */
  abort(reason: unknown): void {
    if (this.#phase === "ended") return;
    this.#finish(false);
    if (this.#use instanceof BodyStream) this.#use.fail(reason);
    this.#free("cancelled");
  }

  remainingMs(nowMs: number): number {
    const isUnread = this.#use instanceof BodyStream && !this.#use.wanted;
    const timeoutMs = isUnread ? Number.POSITIVE_INFINITY : timeoutOf(this.#phase, this.#owner.settings);
    return Math.min(this.#waitsSinceMs + timeoutMs - nowMs, this.#totalRemainingMs(nowMs));
  }

  expire(): void {
    const { settings } = this.#owner;
    if (this.#totalRemainingMs(this.#loop.now()) > 0) {
      this.fail(toPhaseTimeout(this.#phase, settings, { url: this.#request.url }));
    } else {
      this.fail(toTotalTimeout(this.firstByteAtMs >= 0, settings.timeoutMs, { url: this.#request.url }));
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#phase === "ended") throw ended;
    this.#controller = controller;
    this.reused = !this.#connection.isFresh;
    this.sentAtMs = this.#loop.now();
    this.#enter("sent", this.sentAtMs);
  }

  onResponseStarted(): void {
    if (this.firstByteAtMs < 0) this.firstByteAtMs = this.#loop.now();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    if (status < 200 || this.#phase === "ended") return; // an interim answer; the real one follows
    this.status = status;
    this.headers = headers;
    this.#enter("body", this.#loop.now());
    this.#use = this.#owner.onHead(this);
    const length = headers["content-length"];
    if (
      this.#use === "keep" &&
      length !== undefined &&
      this.#request.method !== "HEAD" &&
      Number(length) > this.#owner.settings.maxBodyBytes
    )
      this.#refuseBody();
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#phase === "ended") return;
    this.#receivedBytes += chunk.length;
    this.#waitsSinceMs = this.#loop.now();
    if (this.#use === "keep") this.#keep(chunk);
    else if (this.#use !== "drop") this.#use.push(chunk);
    else if (this.#receivedBytes > mostDroppedBytes) this.abandon();
  }

  onResponseEnd(): void {
    if (this.#phase === "ended") return;
    this.#controller = null;
    this.#isWhole = true;
    this.#complete();
  }

  onResponseError(_: unknown, error: Error): void {
    if (this.#phase === "ended") return;
    const sent = this.#controller !== null;
    const { url, origin } = this.#request;
    const failure = toHttpError(error, { url, origin, sent, headed: this.status > 0 });
    this.#controller = null;
    if (!this.#repeated && (sent ? this.#lostRace(failure) : this.#wasNotMeant(failure, error))) {
      if (sent) this.#owner.attempts++;
      this.#repeat();
    } else {
      this.fail(failure);
    }
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#waitsSinceMs = this.#loop.now();
    this.#controller?.resume();
  }

  abandon(): void {
    if (this.#phase !== "ended") this.#complete();
  }

  #enter(phase: Phase, nowMs: number): void {
    this.#phase = phase;
    this.#waitsSinceMs = nowMs;
  }

  #totalRemainingMs(nowMs: number): number {
    if (this.#use instanceof BodyStream && !this.#owner.settings.timedStream) return Number.POSITIVE_INFINITY;
    return this.startedAtMs + this.#timeoutMs - nowMs;
  }

  #keep(chunk: Buffer): void {
    if (this.#receivedBytes > this.#owner.settings.maxBodyBytes) this.#refuseBody();
    else if (this.body === null) this.body = chunk;
    else if (Array.isArray(this.body)) this.body.push(chunk);
    else this.body = [this.body, chunk];
  }

  /**
   * A server may close an idle connection while the next request is on its way. Then no byte of an answer comes, and a
   * request that may be sent twice is sent again at once, once.
   */
  #lostRace(failure: HttpError): boolean {
    if (failure.code !== "OVERLAP_HTTP_CONNECTION_LOST" || !this.reused) return false;
    if (this.firstByteAtMs >= 0 || !this.#transport.keepAliveRetry) return false;
    return idempotentMethods.has(this.#request.method);
  }

  /** The connection was lost before the request was sent: the failure is what came of the last one. */
  #wasNotMeant(failure: HttpError, error: Error): boolean {
    return (
      error !== this.#connection.failure && (failure instanceof ConnectError || failure instanceof TlsError)
    );
  }

  #repeat(): void {
    this.#repeated = true;
    this.#enter("connecting", this.#loop.now());
    this.#connection = this.#host.connections.replace(this.#connection);
    this.#connection.dispatch(this.#request, this);
  }

  #refuseBody(): void {
    const { url } = this.#request;
    const { maxBodyBytes } = this.#owner.settings;
    this.fail(new BodyTooLargeError(`the body of ${url} has more than ${maxBodyBytes} bytes`, { url }));
  }

  #complete(): void {
    this.#finish(this.status < 400);
    if (this.#use instanceof BodyStream) this.#use.end();
    this.#owner.onComplete(this);
    this.#free(outcomeOfAnswer(this.status, this.headers));
  }

  #finish(ok: boolean): void {
    this.#phase = "ended";
    this.endedAtMs = this.#loop.now();
    this.#transport.deadlines.end(this);
    this.#transport.spans?.attempt(this.#request.url, this, this.endedAtMs, ok);
  }

  /** The answer is complete, or nothing was sent. */
  get #canBeUsedAgain(): boolean {
    return this.#isWhole || (this.sentAtMs < 0 && this.#connection.isOpen);
  }

  /** Last of all: others may start in this very call. */
  #free(outcome: SlotOutcome): void {
    const controller = this.#controller;
    this.#controller = null;
    controller?.abort(ended);
    const { connections } = this.#host;
    if (this.#canBeUsedAgain) connections.giveBack(this.#connection);
    else connections.drop(this.#connection);
    this.#transport.release(this.#host, this.#slots, outcome);
  }
}

const noHeaders: ResponseHeaders = {};
