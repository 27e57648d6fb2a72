import type { Future } from "./future.ts";
import type { Task } from "./task.ts";

interface Waiting {
  readonly wait: Future<unknown>;
  readonly sinceMs: number;
}

const waiting = new WeakMap<Task<unknown>, Waiting>();

/** The task has made a step; remembers since when it waits for what it waits for now. */
export function noteWait(task: Task<unknown>, nowMs: number): void {
  const wait = task.waitsFor;
  if (wait !== null) waiting.set(task, { wait, sinceMs: nowMs });
}

/** When the task began to wait for `wait`; `undefined` when nobody took the time. */
export function waitingSinceMs(task: Task<unknown>, wait: Future<unknown>): number | undefined {
  const noted = waiting.get(task);
  return noted?.wait === wait ? noted.sinceMs : undefined;
}
