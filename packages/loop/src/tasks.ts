import { currentLoop } from "./current.ts";
import type { TaskFunction } from "./start.ts";
import type { Task } from "./task.ts";

/** Starts `fn(...args)` as a task of the current loop; see `Loop.createTask`. */
export function createTask<T>(fn: (signal: AbortSignal) => PromiseLike<T>): Task<T>;
export function createTask<T, A extends unknown[]>(fn: TaskFunction<T, A>, ...args: A): Task<T>;
export function createTask(fn: (...args: never[]) => unknown, ...args: unknown[]): Task<unknown> {
  return currentLoop().createTask(fn as TaskFunction<unknown, unknown[]>, ...args);
}

/** The task whose step runs now; `null` outside tasks, and in an async function after its first `await`. */
export function currentTask(): Task<unknown> | null {
  return currentLoop().current;
}
