import type { Loop } from "./loop.ts";
import type { Scope } from "./scope.ts";
import type { Task } from "./task.ts";

/**
 * Every task of `loop` that has not ended, one a line, the tasks of a group below the task that waits for it: its name and
 * what it waits for.
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
  if (wait === null) return "ready";
  if (groups.some((group) => group.endsWith(wait))) return "waits for its group";
  return `waits for ${wait.label}`;
}
