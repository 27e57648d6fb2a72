import type { Future } from "../future.ts";
import type { ThreadArguments, ThreadFunction, ThreadResult } from "./thread-call.ts";
import { ThreadPool } from "./thread-pool.ts";

let pool: ThreadPool | null = null;

/**
 * Calls a function of a module (plain, async or coroutine) on a thread of this thread's pool, so that a call that would block goes on
 * beside the loop. First come, first served; as many at once as there are cores, but two at least. For other limits make a
 * `ThreadPool`.
 *
 * Cancelling a call that still waits for a thread withdraws it. Cancelling one that runs frees the caller at once and drops the
 * result: a plain function goes on to its end, a coroutine or an async function is cancelled on the thread too.
 *
 * What crosses over and how is said at `runBlocking`; arguments are copied when a thread takes the call. Virtual time stands still
 * while a call is under way.
 *
 * @throws the future fails with what `runBlocking` throws; `toThread` itself throws InvalidArgumentError.
 * @example
 * const packed = yield* toThread<typeof gzipSync>("node:zlib", "gzipSync", bytes);
 */
export function toThread<F extends ThreadFunction = (...args: unknown[]) => unknown>(
  moduleUrl: URL | string,
  exportName: string,
  ...args: ThreadArguments<F>
): Future<ThreadResult<F>> {
  pool ??= new ThreadPool();
  return pool.call<F>(moduleUrl, exportName, ...args);
}
