import type { Worker } from "node:worker_threads";
import { describeValue } from "../errors.ts";
import { FAILED, FULFILLED, PENDING } from "../future.ts";
import { ThreadCloneError, ThreadExitError } from "./errors.ts";
import type { PoolCall } from "./pool-call.ts";
import { type CallOutcome, describeCall, postCall, toOutcome } from "./thread-call.ts";
import type { CallAnswer, ThreadRequest } from "./thread-messages.ts";
import { startWorker, type ThreadLimits } from "./thread-worker.ts";

/** Who is told what becomes of a thread. */
export interface ThreadOwner {
  /** It can take a call again. */
  threadFree(thread: PoolThread): void;
  /** It is gone. */
  threadEnded(thread: PoolThread): void;
  /** An error ended it while it had no call. */
  threadFailed(error: unknown): void;
}

/** One thread of a pool. It never keeps the process alive. */
export class PoolThread {
  readonly #worker: Worker;
  readonly #owner: ThreadOwner;
  /** The call under way. One that was cancelled stays until the thread has answered. */
  #call: PoolCall | null = null;
  #error: unknown;
  #ending = false;

  constructor(owner: ThreadOwner, limits: ThreadLimits) {
    this.#owner = owner;
    this.#worker = startWorker({ port: null, state: null }, limits);
    this.#worker.on("message", (answer: CallAnswer) => this.#answered(answer));
    this.#worker.on("messageerror", (error) => this.#unreadable(error));
    this.#worker.on("error", (error) => {
      this.#error = error;
    });
    this.#worker.on("exit", (exitCode) => this.#exited(exitCode));
    this.#worker.unref(); // last: listening for messages takes a hold of the process
  }

  /** The call under way, if somebody still waits for it. */
  get call(): PoolCall | null {
    return this.#call?.settled === PENDING ? this.#call : null;
  }

  /** Begins a call; the thread is free. False when it failed at once, and the thread is free as before. */
  start(call: PoolCall): boolean {
    try {
      postCall(call.request, (request) => this.#post(request));
    } catch (error) {
      call.settle(FAILED, error);
      return false;
    }
    this.#call = call;
    call.thread = this;
    return true;
  }

  /** Asks the call under way to end. The thread is free when it has. */
  cancel(reason: string): void {
    if (this.#call !== null) this.#post({ kind: "cancel", id: this.#call.request.id, reason });
  }

  /** Ends the thread, whatever it does; resolves when it is gone. */
  async end(): Promise<void> {
    this.#ending = true;
    await this.#worker.terminate();
  }

  #post(request: ThreadRequest): void {
    this.#worker.postMessage(request);
  }

  #answered(answer: CallAnswer): void {
    const call = this.#call;
    if (call?.request.id === answer.id) this.#conclude(call, toOutcome(call.request, answer));
  }

  #unreadable(cause: unknown): void {
    const call = this.#call;
    if (call === null) return;
    const message = `the result of ${describeCall(call.request)} cannot be read: ${String(cause)}`;
    this.#conclude(call, { ok: false, error: new ThreadCloneError(message, { cause }) });
  }

  #conclude(call: PoolCall, outcome: CallOutcome): void {
    this.#call = null;
    if (call.settled === PENDING) {
      if (outcome.ok) call.settle(FULFILLED, outcome.value);
      else call.settle(FAILED, outcome.error);
    }
    if (!this.#ending) this.#owner.threadFree(this);
  }

  #exited(exitCode: number): void {
    const call = this.#call;
    this.#call = null;
    this.#owner.threadEnded(this);
    if (call?.settled === PENDING) call.settle(FAILED, exitError(call, exitCode, this.#error));
    else if (call === null && this.#error !== undefined) this.#owner.threadFailed(this.#error);
  }
}

function exitError(call: PoolCall, exitCode: number, cause: unknown): ThreadExitError {
  const before = `the thread ended before ${describeCall(call.request)} did`;
  return cause === undefined
    ? new ThreadExitError(`${before}, with exit code ${exitCode}`)
    : new ThreadExitError(`${before}, by an error that nobody caught: ${describeValue(cause)}`, { cause });
}
