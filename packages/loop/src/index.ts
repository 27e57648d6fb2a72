/**
 * `@overlap/loop`: an event loop with futures, tasks, cancellation, groups and limits. No dependencies; runs in Node and in
 * browsers.
 */

// Many at once
export { type AsCompletedOptions, asCompleted, Completions } from "./as-completed.ts";
// Time
export { type Alarm, type Clock, realClock } from "./clock.ts";
// Running
export { currentLoop } from "./current.ts";
// Resources and protection
export { type ElementOf, each } from "./each.ts";
// Errors
export {
  CancelledError,
  DeadlockError,
  ExplorationError,
  InvalidArgumentError,
  InvalidStateError,
  LoopError,
  NotWaitableError,
  TimeoutError,
} from "./errors.ts";

// What can be waited for
export { Future, type FutureState } from "./future.ts";
export { gather, gatherSettled, type Outcome } from "./gather.ts";
export { Loop, type LoopFailure } from "./loop.ts";
export { type MapOptions, mapUnordered } from "./map.ts";
export { co, Operation } from "./operation.ts";
export { type RunOptions, run } from "./run.ts";
// Limits
export { Permit, Semaphore } from "./semaphore.ts";
export { shield } from "./shield.ts";
export { checkpoint, sleep } from "./sleep.ts";
export type { FutureOf, ResultOf, Source } from "./source.ts";
export type { TaskFunction } from "./start.ts";
export { Task } from "./task.ts";
export { TaskGroup, taskGroup } from "./task-group.ts";
export { createTask, currentTask } from "./tasks.ts";
export { type TimedWork, Timeout, timeout, timeoutAt } from "./timeout.ts";
export type { TimerHandle } from "./timer-queue.ts";
export { type UntilOptions, until, untilSettled } from "./until.ts";
export { type Closable, use } from "./use.ts";
export { type WaitOptions, type WaitResult, wait } from "./wait.ts";
export type { Coroutine, Wait, Waitable } from "./waitable.ts";
