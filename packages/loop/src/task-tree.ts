import type { Future } from "./future.ts";
import type { Loop } from "./loop.ts";
import type { Scope } from "./scope.ts";
import type { Task } from "./task.ts";
import { waitingSinceMs } from "./waiting-since.ts";

/**
 * Every task of `loop` that has not ended, one a line, the tasks of a group below the task that waits for it: its name, what
 * it waits for, in debug mode for how long already, and whether it was cancelled and has not ended yet.
 */
export function describeTasks(loop: Loop): string {
  const scopes = [...loop.scopes];
  const lines = scopes
    .filter((scope) => scope.owner === null)
    .flatMap((scope) => scopeLines(scope, scopes, ""));
  return lines.join("\n");
}

function scopeLines(scope: Scope, scopes: readonly Scope[], indent: string): string[] {
  return scope.tasks().flatMap((task) => {
    const groups = scopes.filter((candidate) => candidate.owner === task);
    const line = `${indent}${task.name}: ${taskState(task, groups)}`;
    return [line, ...groups.flatMap((group) => scopeLines(group, scopes, `${indent}  `))];
  });
}

function taskState(task: Task<unknown>, groups: readonly Scope[]): string {
  const wait = task.waitsFor;
  const cancel = task.cancelling > 0 ? ", asked to end" : "";
  if (wait === null) return `ready${cancel}`;
  const what = groups.some((group) => group.endsWith(wait)) ? "its group" : wait.label;
  return `waits for ${what}${duration(task, wait)}${cancel}`;
}

/** Known in debug mode only: the time is taken at the end of each observed step. */
function duration(task: Task<unknown>, wait: Future<unknown>): string {
  const sinceMs = waitingSinceMs(task, wait);
  return sinceMs === undefined ? "" : ` for ${Math.round(task.loop.now() - sinceMs)} ms now`;
}
