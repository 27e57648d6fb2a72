import { Piscina } from "piscina";
import { ThreadError, ThreadModuleError } from "../errors.ts";
import { unpackError } from "./packed-error.ts";
import type { ThreadRefusal, ThreadRequest, ThreadResults } from "./thread-entry.ts";
import type { ThreadFunction } from "./thread-function.ts";
import { transferables } from "./transferables.ts";

const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const threadEntry = new URL(`./thread-entry${ending}`, import.meta.url).href;

/** Each thread has its next chunk in its hands while it works on one, so that it need not wait for the loop. */
export const chunksPerThread = 2;

/** How a pool calls its function. */
export interface ThreadPoolOptions {
  readonly threads: number;
  readonly transfer: boolean;
  /** Calls can be killed; a thread then has one in its hands at a time. */
  readonly killable: boolean;
  /** A thread failed outside of any call, or no thread can be started. */
  readonly onError: (error: ThreadError) => void;
}

/** A chunk on its way. */
export interface ThreadCall {
  readonly results: Promise<ThreadResults>;
  /** When its thread began, in milliseconds since the epoch; 0 until then. */
  readonly begunMs: number;
  /** Ends its thread, if the pool is killable; another takes its place. */
  kill(): void;
}

/** Threads that run one exported function; they start as soon as the pool is made. */
export class ThreadPool {
  readonly #fn: ThreadFunction<never, unknown>;
  readonly #transfer: boolean;
  readonly #killable: boolean;
  readonly #pool: Piscina<ThreadRequest, ThreadResults | ThreadRefusal>;
  #closing = false;

  constructor(
    fn: ThreadFunction<never, unknown>,
    { threads, transfer, killable, onError }: ThreadPoolOptions,
  ) {
    this.#fn = fn;
    this.#transfer = transfer;
    this.#killable = killable;
    this.#pool = new Piscina({
      filename: threadEntry,
      name: "callThreadFunction",
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: chunksPerThread,
      atomics: "disabled",
    });
    this.#pool.on("error", (cause) => {
      if (!this.#closing) onError(new ThreadError(`a thread failed: ${String(cause)}`, { cause }));
    });
  }

  /**
   * Calls the function for each item, on a thread that is free. With `alone` the thread has nothing else in its hands, and says
   * which results can't be copied instead of dying of them: for items of a chunk that was lost.
   *
   * @throws ThreadModuleError when there is no such function; ThreadError when the thread died, or something can't be copied.
   */
  call(items: readonly unknown[], alone = false): ThreadCall {
    const { url, exportName } = this.#fn;
    const begun = this.#killable ? new SharedArrayBuffer(8) : null;
    const begunMs = begun === null ? null : new Float64Array(begun);
    // Piscina gives a task that can be aborted a thread of its own.
    const stop = this.#killable || alone ? new AbortController() : null;
    const transferList = this.#transfer ? transferables(items) : [];
    const request = { url, exportName, items, begun, transfer: this.#transfer, check: alone };
    return {
      results: this.#resultsOf(this.#pool.run(request, { transferList, signal: stop?.signal ?? null })),
      get begunMs() {
        return begunMs?.[0] ?? 0;
      },
      kill: () => stop?.abort(),
    };
  }

  /** Ends the threads, also in the middle of a call. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#pool.destroy();
  }

  async #resultsOf(answer: Promise<ThreadResults | ThreadRefusal>): Promise<ThreadResults> {
    let results: ThreadResults | ThreadRefusal;
    try {
      results = await answer;
    } catch (cause) {
      throw new ThreadError(
        `a thread could not run ${this.#fn.exportName} of ${this.#fn.url}: ${String(cause)}`,
        {
          cause,
        },
      );
    }
    if (!("refusal" in results)) return results;
    throw new ThreadModuleError(results.refusal, { cause: unpackError(results.cause) });
  }
}
