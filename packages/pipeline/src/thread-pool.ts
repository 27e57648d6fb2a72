import { CancelledError, type Coroutine, until } from "@overlap/loop";
import { Piscina } from "piscina";
import { ThreadError } from "./errors.ts";
import type { ThreadAnswer, ThreadRequest } from "./thread-entry.ts";
import type { ThreadFunction } from "./thread-function.ts";

const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const threadEntry = new URL(`./thread-entry${ending}`, import.meta.url).href;

/** Threads that run one exported function; they start as soon as the pool is made. */
export class ThreadPool<T, R> implements AsyncDisposable {
  readonly #fn: ThreadFunction<T, R>;
  readonly #pool: Piscina<ThreadRequest, ThreadAnswer>;
  #closing = false;
  #failure: ThreadError | null = null;

  constructor(fn: ThreadFunction<T, R>, threads: number) {
    this.#fn = fn;
    this.#pool = new Piscina({
      filename: threadEntry,
      name: "callThreadFunction",
      minThreads: threads,
      maxThreads: threads,
      atomics: "disabled",
    });
    this.#pool.on("error", (error) => this.#threadFailed(error));
  }

  /**
   * Calls the function for one item on a thread that is free. A call that has begun cannot be stopped without its thread:
   * a cancelled item's result is dropped, and the thread ends with the pool.
   */
  *call(item: T): Coroutine<{ readonly value: R; readonly startMs: number; readonly endMs: number }> {
    if (this.#failure !== null) throw this.#failure;
    const { url, exportName } = this.#fn;
    const answer = yield* this.#post({ url, exportName, item });
    if (answer.outcome === "failed") throw revive(answer.value);
    if (answer.outcome === "missing") throw new ThreadError(`${url} exports no function named ${exportName}`);
    return { value: answer.value as R, startMs: answer.startMs, endMs: answer.endMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    await this.#pool.destroy();
  }

  /** A thread failed outside a call. While the pool is closed this is an answer that nobody waits for any more. */
  #threadFailed(error: unknown): void {
    if (!this.#closing)
      this.#failure = new ThreadError(`a thread failed: ${String(error)}`, { cause: error });
  }

  *#post(request: ThreadRequest): Coroutine<ThreadAnswer> {
    try {
      return yield* until(this.#pool.run(request));
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      throw new ThreadError(
        `a thread could not run ${request.exportName} of ${request.url}: ${String(error)}`,
        {
          cause: error,
        },
      );
    }
  }
}

function revive(thrown: unknown): unknown {
  const { error, name, properties } = (thrown ?? {}) as { error?: Error; name?: string; properties?: object };
  if (!(error instanceof Error)) return thrown;
  return Object.assign(error, { name }, properties);
}
