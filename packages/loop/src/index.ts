/**
 * `@overlap/loop`: an event loop with futures, tasks, cancellation, groups and limits. No dependencies; runs in Node and in
 * browsers.
 */

export { type Alarm, type Clock, realClock } from "./clock.ts";
export { currentLoop } from "./current.ts";
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
export { Loop, type LoopFailure } from "./loop.ts";
export { type MapOptions, mapUnordered } from "./map.ts";
export { co, Operation } from "./operation.ts";
// Running
export { type RunOptions, run } from "./run.ts";
export { Permit, Semaphore } from "./semaphore.ts";
export { checkpoint, sleep } from "./sleep.ts";
export type { TaskFunction } from "./start.ts";
export { Task } from "./task.ts";
// Many at once
export { TaskGroup, taskGroup } from "./task-group.ts";
export { createTask, currentTask } from "./tasks.ts";
export type { TimerHandle } from "./timer-queue.ts";
export { until, untilSettled } from "./until.ts";
export type { Coroutine, Wait, Waitable } from "./waitable.ts";
