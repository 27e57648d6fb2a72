import { expectDuration, InvalidStateError } from "../errors.ts";
import { BlockingThread } from "./blocking-thread.ts";
import { callBlocking } from "./blocking-watch.ts";
import { BlockingTimeoutError, ThreadExitError } from "./errors.ts";
import {
  type CallOutcome,
  createCall,
  describeCall,
  type ThreadArguments,
  type ThreadFunction,
  type ThreadResult,
  toOutcome,
} from "./thread-call.ts";
import type { CallAnswer, CallRequest } from "./thread-messages.ts";
import { expectThreadLimits, type ThreadLimits } from "./thread-worker.ts";

/** Options of `BlockingRunner`. */
export interface BlockingOptions extends ThreadLimits {
  /**
   * Milliseconds that one call may take, at least 0, the start of its thread and the loading of its module included.
   * @default Infinity
   */
  readonly timeoutMs?: number;
  /**
   * Milliseconds more, at least 0, that the work gets to clean up once it was cancelled; then its thread is ended.
   * @default 100
   */
  readonly graceMs?: number;
}

/**
 * Runs asynchronous work for synchronous code: each call really waits, while the work runs on a thread with a loop of its own.
 * The thread starts with the first call, is kept for the next one, keeps its modules loaded, and never keeps the process alive.
 * `runBlocking` is this with the defaults.
 *
 * While a call waits, nothing else happens on the calling thread: no timer, no socket, no signal handler.
 *
 * @example
 * using runner = new BlockingRunner({ timeoutMs: 5_000 });
 * const pages = runner.run<typeof crawl>(new URL("./crawl.ts", import.meta.url), "crawl", urls);
 */
export class BlockingRunner implements Disposable {
  readonly #timeoutMs: number;
  readonly #graceMs: number;
  readonly #limits: ThreadLimits;
  #thread: BlockingThread | null = null;
  #closed = false;

  /** @throws InvalidArgumentError */
  constructor({ timeoutMs = Number.POSITIVE_INFINITY, graceMs = 100, ...limits }: BlockingOptions = {}) {
    this.#timeoutMs = expectDuration("timeoutMs", timeoutMs);
    this.#graceMs = expectDuration("graceMs", graceMs);
    expectThreadLimits(limits);
    this.#limits = limits;
  }

  /**
   * Calls a function of a module and returns what it returns; see `runBlocking`. When the time is over the work is cancelled: an
   * async function gets its `AbortSignal` fired, a coroutine a `CancelledError`. A result that it still returns counts.
   *
   * @throws BlockingTimeoutError when the time was over; `cause` is the work's own error, if the cancel led to one. Else as
   * `runBlocking`. InvalidStateError after `close`.
   */
  run<F extends ThreadFunction = (...args: unknown[]) => unknown>(
    moduleUrl: URL | string,
    exportName: string,
    ...args: ThreadArguments<F>
  ): ThreadResult<F> {
    if (this.#closed) throw new InvalidStateError("this blocking runner was closed");
    const call = createCall(moduleUrl, exportName, args);
    const outcome = callBlocking("runBlocking", () => this.#perform(call));
    if (outcome.ok) return outcome.value as ThreadResult<F>;
    throw outcome.error;
  }

  /** Ends the thread; calls are refused from now on. Closing twice does nothing. */
  close(): void {
    this.#closed = true;
    this.#dropThread();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #perform(call: CallRequest): CallOutcome {
    const untilMs = performance.now() + this.#timeoutMs;
    const answer = this.#wait(this.#start(call), call, untilMs);
    return answer === null ? this.#cancel(call) : toOutcome(call, answer);
  }

  /** On the thread that is there, or on a new one when that has ended. */
  #start(call: CallRequest): BlockingThread {
    if (this.#thread?.start(call)) return this.#thread;
    const thread = new BlockingThread(this.#limits);
    this.#thread = thread;
    thread.start(call);
    return thread;
  }

  #wait(thread: BlockingThread, call: CallRequest, untilMs: number): CallAnswer | null {
    try {
      return thread.wait(call, untilMs);
    } catch (error) {
      this.#dropThread();
      throw error;
    }
  }

  #cancel(call: CallRequest): CallOutcome {
    const message = `${describeCall(call)} took longer than ${this.#timeoutMs} ms`;
    const late = this.#endInGrace(call, `the time limit of ${this.#timeoutMs} ms is over`);
    if (late?.ok) return late;
    const options = late?.error instanceof Error ? { cause: late.error } : {};
    return { ok: false, error: new BlockingTimeoutError(message, options) };
  }

  /** What the cancelled call came to; `null` when its thread had to be ended. */
  #endInGrace(call: CallRequest, reason: string): CallOutcome | null {
    const thread = this.#thread as BlockingThread; // the call began on it
    thread.cancel(call, reason);
    try {
      const answer = this.#wait(thread, call, performance.now() + this.#graceMs);
      if (answer !== null) return toOutcome(call, answer);
      this.#dropThread();
    } catch (error) {
      if (!(error instanceof ThreadExitError)) throw error;
    }
    return null;
  }

  #dropThread(): void {
    this.#thread?.terminate();
    this.#thread = null;
  }
}
