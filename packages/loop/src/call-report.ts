import { currentLoop } from "./current.ts";
import type { LoopFailure } from "./failure-report.ts";
import { FailureWatch } from "./failure-watch.ts";
import type { Loop } from "./loop.ts";
import { watchCalls } from "./operation.ts";

type Report = (finding: string) => void;

/** A call that nobody waited for; its error was made where it was called. */
interface LostCall extends LoopFailure {
  readonly report: Report;
}

/** Loops that are debugged now, and who is told of their calls. */
const reports = new Map<Loop, Report>();
const calls = new FailureWatch<LostCall>(({ message, error, report }) =>
  report(`${message}; it was called\n${placeOf(error)}`),
);

/**
 * Tells of calls of `co` functions that nobody waits for, when they are garbage-collected or at the exit of the process.
 * Notes the calls made on `loop` until the result is disposed of; only the latest report of a loop is told.
 */
export function reportCalls(loop: Loop, report: Report): Disposable {
  watchCalls({ called, waitedFor: (operation) => calls.forget(operation) });
  reports.set(loop, report);
  return {
    [Symbol.dispose]() {
      if (reports.get(loop) === report) reports.delete(loop);
    },
  };
}

function called(operation: object, name: string): void {
  const report = reports.get(currentLoop());
  if (report === undefined) return;
  const message = `${name || "a coroutine function"}() was called and nobody waited for it: yield* or await it`;
  calls.watch(operation, { message, error: new Error(message), report });
}

/** The stack without the lines of this watching: who called the function comes first. */
function placeOf(error: unknown): string {
  const lines = ((error as Error).stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return lines.slice(2).join("\n");
}
