/**
 * `@overlap/loop`: an event loop with futures, tasks, cancellation, groups, limits and queues. No dependencies; runs in
 * Node and in browsers.
 */

// Running
export { run, type RunOptions } from "./run.ts";
export { Loop } from "./loop.ts";
export type { LoopFailure } from "./failure-report.ts";
export { currentLoop } from "./current.ts";

// What can be waited for
export { Future, type FutureState } from "./future.ts";
export { Task } from "./task.ts";
export type { StackFrame } from "./stack.ts";
export { createTask, currentTask } from "./tasks.ts";
export type { TaskFunction } from "./start.ts";
export { co, Operation } from "./operation.ts";
export { until, type UntilOptions, untilSettled } from "./until.ts";
export type { Coroutine, Wait, Waitable } from "./waitable.ts";

// Time
export { checkpoint, sleep } from "./sleep.ts";
export { type TimedWork, Timeout, timeout, timeoutAt } from "./timeout.ts";
export { type Alarm, type Clock, realClock } from "./clock.ts";
export type { TimerHandle } from "./timer-queue.ts";

// Many at once
export { TaskGroup, taskGroup } from "./task-group.ts";
export { OpenTaskGroup } from "./open-task-group.ts";
export { gather, gatherSettled, type Outcome } from "./gather.ts";
export { wait, type WaitOptions, type WaitResult } from "./wait.ts";
export { asCompleted, type AsCompletedOptions, Completions } from "./as-completed.ts";
export { type MapOptions, mapOrdered, mapUnordered } from "./map.ts";
export type { FutureOf, ResultOf, Source } from "./source.ts";

// Resources and protection
export { type Closable, use } from "./use.ts";
export { each, type ElementOf } from "./each.ts";
export { shield } from "./shield.ts";

// Taking turns
export { Permit, Semaphore } from "./semaphore.ts";
export { BoundedSemaphore } from "./bounded-semaphore.ts";
export { Lock } from "./lock.ts";
export { Event } from "./event.ts";
export { Condition, type Truthy } from "./condition.ts";
export { Barrier } from "./barrier.ts";

// Passing items on
export { Queue, type QueueOptions, type ShutdownOptions } from "./queue.ts";
export { LifoQueue } from "./lifo-queue.ts";
export { PriorityQueue, type PriorityQueueOptions } from "./priority-queue.ts";

// Watching
export type { LoopObserver } from "./observers.ts";
export type { DebugOptions } from "./debug.ts";
export { type ClockedCall, type ClockedOptions, clocked, formatCall } from "./clocked.ts";

// Errors
export {
  BrokenBarrierError,
  CancelledError,
  DeadlockError,
  ExplorationError,
  InvalidArgumentError,
  InvalidStateError,
  LoopError,
  NotWaitableError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  TimeoutError,
} from "./errors.ts";
