import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import { currentLoop } from "../current.ts";
import { describeValue } from "../errors.ts";
import "../loop.ts"; // makes the loop that currentLoop() gives
import {
  ANSWERED,
  createBlockingState,
  ENDED,
  exitCodeWord,
  startedWord,
  stateWord,
  WAITING,
} from "./blocking-state.ts";
import { ThreadExitError } from "./errors.ts";
import { unpackError } from "./packed-error.ts";
import { describeCall, postCall } from "./thread-call.ts";
import type { CallAnswer, CallRequest, DeathNote, ThreadAnswer, ThreadRequest } from "./thread-messages.ts";
import { startWorker, type ThreadLimits } from "./thread-worker.ts";

/** Milliseconds until the first look whether the thread still lives; each further look comes after twice the time. */
const firstLookMs = 20;
const longestLookMs = 1_000;

/** A thread whose caller really waits. It never keeps the process alive. */
export class BlockingThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #state = createBlockingState();
  /** Whether `postMessage` tells if the other side is still there. Node's does, but doesn't promise to. */
  readonly #postTells: boolean;
  #answer: CallAnswer | null = null;
  #death: DeathNote | null = null;
  /** A caller was told of the thread's end, so nobody else needs to be. */
  #endTold = false;

  constructor(limits: ThreadLimits) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = startWorker({ port: port2, state: this.#state }, limits);
    this.#worker.unref();
    this.#worker.on("error", (error) => this.#failedOutsideCall(error));
    this.#postTells = this.#post({ kind: "ping" }) === true;
  }

  /**
   * Begins a call; no other is under way. False when the thread has ended.
   *
   * @throws ThreadCloneError
   */
  start(call: CallRequest): boolean {
    this.#receive();
    this.#answer = null;
    if (Atomics.compareExchange(this.#state, stateWord, ANSWERED, WAITING) === ENDED) return false;
    try {
      return this.#wasSent(postCall(call, (request) => this.#post(request)));
    } catch (error) {
      Atomics.compareExchange(this.#state, stateWord, WAITING, ANSWERED);
      throw error;
    }
  }

  /** Asks the call to end. */
  cancel(call: CallRequest, reason: string): void {
    this.#post({ kind: "cancel", id: call.id, reason });
  }

  /**
   * Blocks until the call has its answer, or `performance.now()` has reached `untilMs`: then `null`.
   *
   * @throws ThreadExitError when the thread has ended.
   */
  wait(call: CallRequest, untilMs: number): CallAnswer | null {
    for (let lookMs = firstLookMs; ; lookMs = Math.min(lookMs * 2, longestLookMs)) {
      const leftMs = Math.max(0, untilMs - performance.now());
      Atomics.wait(this.#state, stateWord, WAITING, Math.min(leftMs, lookMs));
      const state = Atomics.load(this.#state, stateWord); // read before the port, so that no answer is overlooked
      this.#receive();
      if (this.#answer !== null) return this.#answer;
      if (state === ENDED || !this.#lives()) throw this.#exitError(call);
      if (leftMs === 0) return null;
    }
  }

  /** Ends the thread, whatever it does. */
  terminate(): void {
    this.#port.close();
    void this.#worker.terminate();
  }

  #post(request: ThreadRequest): unknown {
    return this.#port.postMessage(request) as unknown; // its type says `void`
  }

  #wasSent(posted: unknown): boolean {
    return posted === true || !this.#postTells;
  }

  /** A thread without memory ends without a word: only its port shows it, once what lay in there has been received. */
  #lives(): boolean {
    return this.#wasSent(this.#post({ kind: "ping" }));
  }

  #receive(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { readonly message: ThreadAnswer } | undefined;
      if (received === undefined) return;
      if (received.message.kind === "died") this.#death = received.message;
      else this.#answer = received.message;
    }
  }

  #exitError(call: CallRequest): ThreadExitError {
    if (Atomics.load(this.#state, startedWord) === 0) {
      const why = "Node reports the reason next; a flag that threads don't take (--input-type) is one";
      return new ThreadExitError(`no thread could be started for ${describeCall(call)}: ${why}`);
    }
    this.#endTold = true;
    const before = `the thread ended before ${describeCall(call)} did`;
    if (this.#death !== null) {
      const cause = unpackError(this.#death.error);
      const message = `${before}, by an error that nobody caught: ${describeValue(cause)}`;
      return new ThreadExitError(message, { cause });
    }
    if (Atomics.load(this.#state, stateWord) !== ENDED)
      return new ThreadExitError(`${before}, out of memory`);
    return new ThreadExitError(`${before}, with exit code ${Atomics.load(this.#state, exitCodeWord)}`);
  }

  /** Also when it could not start: the reason comes too late for who waited. */
  #failedOutsideCall(error: unknown): void {
    if (!this.#endTold) currentLoop().reportFailure({ message: "a thread failed outside a call", error });
  }
}
