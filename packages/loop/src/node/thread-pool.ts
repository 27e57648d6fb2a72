import { availableParallelism } from "node:os";
import { currentLoop } from "../current.ts";
import {
  describeValue,
  expectDuration,
  expectPositiveInteger,
  InvalidArgumentError,
  InvalidStateError,
} from "../errors.ts";
import { FAILED, type Future } from "../future.ts";
import { CallQueue } from "./call-queue.ts";
import { IdleThreads } from "./idle-threads.ts";
import { type CallOwner, PoolCall } from "./pool-call.ts";
import { PoolThread, type ThreadOwner } from "./pool-thread.ts";
import { ProcessHold } from "./process-hold.ts";
import { createCall, type ThreadArguments, type ThreadFunction, type ThreadResult } from "./thread-call.ts";
import { expectThreadLimits, type ThreadLimits } from "./thread-worker.ts";

/** Options of `ThreadPool`. */
export interface ThreadPoolOptions extends ThreadLimits {
  /** Threads at most, at least 1; they start when they are needed. @default the number of cores, at least 2 */
  readonly threads?: number;
  /** Milliseconds that a thread without a call is kept, at least 0. @default 10_000 */
  readonly idleMs?: number;
  /**
   * What becomes of a thread whose call is cancelled. `"abandon"`: it goes on until the call has ended, and takes no other one
   * until then. `"terminate"`: it is ended in the middle of whatever it does.
   * @default "abandon"
   */
  readonly onCancel?: "abandon" | "terminate";
}

/**
 * Threads for calls that would block the loop, first come first served. Threads without a call, and calls that nobody waits for any
 * more, don't keep the process alive. `toThread` uses one with the defaults.
 *
 * @example
 * await using pool = new ThreadPool({ threads: 2 });
 * const hashes = await gather(words.map((word) => pool.call<typeof hash>(new URL("./hash.ts", import.meta.url), "hash", word)));
 */
export class ThreadPool implements AsyncDisposable {
  readonly #most: number;
  readonly #onCancel: "abandon" | "terminate";
  readonly #limits: ThreadLimits;
  readonly #threads = new Set<PoolThread>();
  readonly #idle: IdleThreads;
  readonly #queue = new CallQueue<PoolCall>();
  readonly #hold = new ProcessHold();
  readonly #owner: CallOwner & ThreadOwner = {
    callEnded: (call, cancelled) => this.#callEnded(call, cancelled),
    threadFree: (thread) => this.#employ(thread),
    threadEnded: (thread) => this.#threadEnded(thread),
    threadFailed: (error) =>
      currentLoop().reportFailure({ message: "a thread failed outside a call", error }),
  };
  #closed = false;

  /** @throws InvalidArgumentError */
  constructor({
    threads = Math.max(2, availableParallelism()),
    idleMs = 10_000,
    onCancel = "abandon",
    ...limits
  }: ThreadPoolOptions = {}) {
    this.#most = expectPositiveInteger("threads", threads);
    this.#idle = new IdleThreads(expectDuration("idleMs", idleMs));
    this.#onCancel = expectOnCancel(onCancel);
    expectThreadLimits(limits);
    this.#limits = limits;
  }

  /** Threads that live, idle ones and ending ones included. */
  get threadCount(): number {
    return this.#threads.size;
  }

  /** Calls that wait for a thread. */
  get queued(): number {
    return this.#queue.size;
  }

  /**
   * Calls a function of a module on a thread; see `toThread`.
   *
   * @throws InvalidArgumentError; InvalidStateError after `close`.
   */
  call<F extends ThreadFunction = (...args: unknown[]) => unknown>(
    moduleUrl: URL | string,
    exportName: string,
    ...args: ThreadArguments<F>
  ): Future<ThreadResult<F>> {
    if (this.#closed) throw new InvalidStateError("this thread pool was closed");
    const call = new PoolCall(createCall(moduleUrl, exportName, args), this.#owner);
    this.#hold.add();
    this.#queue.push(call);
    this.#assign();
    return call as Future<unknown> as Future<ThreadResult<F>>;
  }

  /** Cancels all calls, ends all threads, and resolves when these are gone. New calls are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    const reason = "the thread pool was closed";
    for (let call = this.#queue.shift(); call !== undefined; call = this.#queue.shift()) call.cancel(reason);
    const threads = [...this.#threads];
    for (const thread of threads) thread.call?.cancel(reason);
    await Promise.all(threads.map((thread) => thread.end()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Calls go to threads as long as there are both. */
  #assign(): void {
    while (this.#queue.size > 0) {
      try {
        const thread = this.#idle.take() ?? this.#startThread();
        if (thread === null) return;
        this.#employ(thread);
      } catch (error) {
        this.#queue.shift()?.settle(FAILED, error); // no thread could be started
      }
    }
  }

  /** `null` when there are as many as there may be. */
  #startThread(): PoolThread | null {
    if (this.#threads.size >= this.#most) return null;
    const thread = new PoolThread(this.#owner, this.#limits);
    this.#threads.add(thread);
    return thread;
  }

  #callEnded(call: PoolCall, cancelled: boolean): void {
    this.#hold.remove();
    if (!cancelled || this.#queue.remove(call)) return;
    if (this.#onCancel === "terminate") void call.thread?.end();
    else call.thread?.cancel(String(call.outcome));
  }

  /** Gives a free thread the next call. */
  #employ(thread: PoolThread): void {
    let call = this.#queue.shift();
    while (call !== undefined && !thread.start(call)) call = this.#queue.shift();
    if (call === undefined) this.#idle.add(thread);
  }

  #threadEnded(thread: PoolThread): void {
    this.#threads.delete(thread);
    this.#idle.remove(thread);
    this.#assign();
  }
}

function expectOnCancel(value: "abandon" | "terminate"): "abandon" | "terminate" {
  if (value === "abandon" || value === "terminate") return value;
  throw new InvalidArgumentError(
    `expected "abandon" or "terminate" for onCancel, got ${describeValue(value)}`,
  );
}
