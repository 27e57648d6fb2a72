/**
 * `@overlap/loop/node`: threads, signals, and what goes wrong on Node's own loop. Needs Node.
 */

// Asynchronous work from synchronous code
export { runBlocking } from "./run-blocking.ts";
export { type BlockingOptions, BlockingRunner } from "./blocking-runner.ts";

// Blocking calls off the loop
export { toThread } from "./to-thread.ts";
export { ThreadPool, type ThreadPoolOptions } from "./thread-pool.ts";
export type { ThreadArguments, ThreadFunction, ThreadResult } from "./thread-call.ts";
export type { ThreadLimits } from "./thread-worker.ts";

// Blocking calls left on the loop
export {
  type BlockingCall,
  type BlockingGuard,
  guardBlockingCalls,
  type GuardOptions,
} from "./blocking-guard.ts";

// The end of a program
export { type SignalOptions, withSignals } from "./signals.ts";
export { type DeadlockReportOptions, reportDeadlockAtExit } from "./deadlock-report.ts";

// Errors
export {
  BlockingTimeoutError,
  SignalError,
  ThreadCloneError,
  ThreadError,
  ThreadExitError,
  ThreadModuleError,
} from "./errors.ts";
