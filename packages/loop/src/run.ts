import { currentLoop } from "./current.ts";
import { DebugMode, type DebugOptions } from "./debug.ts";
import { CancelledError } from "./errors.ts";
import { Scope } from "./scope.ts";
import { startTask, type TaskFunction } from "./start.ts";

/** Options of `run`. */
export interface RunOptions {
  /** Cancels the main task when it fires; the promise then rejects with `signal.reason`. @default none */
  readonly signal?: AbortSignal;
  /** What the main task is called in reports. @default the function's name */
  readonly name?: string;
  /** Debug mode for the thread's loop, other runs included, while this run lasts; see `DebugOptions`. @default false */
  readonly debug?: boolean | DebugOptions;
}

/**
 * Runs a coroutine function (or an async one) as the main task on this thread's loop. The promise settles when the main
 * task has ended and every task that it left behind has been cancelled and has ended too. Several runs may be active.
 *
 * @throws what the main task threw; `CancelledError` when it was cancelled; `signal.reason` when the signal did it.
 * @example
 * await run(function* () {
 *   yield* sleep(100);
 *   return 42;
 * }); // 42
 */
export async function run<T>(
  main: TaskFunction<T>,
  { signal, name, debug = false }: RunOptions = {},
): Promise<T> {
  signal?.throwIfAborted();
  const loop = currentLoop();
  using _debugging = debug === false ? null : new DebugMode(loop, debug === true ? {} : debug);
  const scope = new Scope(loop);
  const task = startTask(scope, main, [], name);
  const cancel = () => task.cancel(signal?.reason);
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    return await task;
  } catch (error) {
    if (signal?.aborted && error instanceof CancelledError) throw signal.reason;
    throw error;
  } finally {
    signal?.removeEventListener("abort", cancel);
    await scope.end("the run has ended");
    scope.close();
  }
}
