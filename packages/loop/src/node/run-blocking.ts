import { BlockingRunner } from "./blocking-runner.ts";
import type { ThreadArguments, ThreadFunction, ThreadResult } from "./thread-call.ts";

let runner: BlockingRunner | null = null;

/**
 * Calls a function of a module (async, coroutine or plain) on another thread, really waits for it, and returns its result:
 * asynchronous work from synchronous code. It may be called anywhere, also on other threads and inside another call of it.
 *
 * Arguments and result are copied by structured clone: no functions, classes lose their prototype, a `Buffer` arrives as a
 * `Uint8Array`. An error arrives with its name, message, stack, own properties and cause; of its class only the built-in part
 * remains. For a time limit see `BlockingRunner`; without one a call can wait for ever, but not for something that nothing will
 * bring: that is noticed.
 *
 * @throws what the function throws; ThreadModuleError when the module can't be loaded or has no such function; ThreadCloneError
 * when an argument or the result can't be copied; ThreadExitError when the thread ended first; DeadlockError when the function
 * waits for something that nothing will bring; InvalidArgumentError.
 * @example
 * // crawl.ts
 * export function* crawl(urls: string[]) {
 *   return yield* gather(urls.map(fetchPage));
 * }
 * // main.ts
 * import type { crawl } from "./crawl.ts";
 * const pages = runBlocking<typeof crawl>(new URL("./crawl.ts", import.meta.url), "crawl", urls);
 */
export function runBlocking<F extends ThreadFunction = (...args: unknown[]) => unknown>(
  moduleUrl: URL | string,
  exportName: string,
  ...args: ThreadArguments<F>
): ThreadResult<F> {
  runner ??= new BlockingRunner();
  return runner.run<F>(moduleUrl, exportName, ...args);
}
