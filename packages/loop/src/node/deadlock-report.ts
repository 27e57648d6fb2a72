import { currentLoop } from "../current.ts";
import type { Loop } from "../loop.ts";
import "../loop.ts"; // makes the loop that currentLoop() gives

/** The exit code of a process that ran empty while something was awaited; Node's own for an await at the top of a module. */
const deadlockExitCode = 13;

/** Options of `reportDeadlockAtExit`. */
export interface DeadlockReportOptions {
  /** The loop whose tasks count. @default the one that is current at the call */
  readonly loop?: Loop;
  /** Gets the tasks that wait, one a line, as a tree. @default prints them to stderr */
  readonly report?: (tasks: string) => void;
}

/**
 * From now on, when the process runs empty (no timer, socket or thread is left to wake anybody) although tasks wait, says which
 * tasks wait for what, and ends the process with exit code 13 unless another one is set. Without it such a program ends as if
 * all were well. Dispose of what is returned to end this.
 *
 * @example
 * reportDeadlockAtExit();
 * // overlap: the process ran empty, but these tasks wait for something that nothing will bring:
 * // consumer: waits for an item of a queue
 */
export function reportDeadlockAtExit({
  loop = currentLoop(),
  report = printTasks,
}: DeadlockReportOptions = {}): Disposable {
  let ranEmpty = false;
  const onEmpty = () => {
    ranEmpty = true;
    // Other listeners may bring new work; then this runs, and the next time decides.
    setImmediate(() => {
      ranEmpty = false;
    }).unref();
  };
  const onExit = () => {
    const tasks = ranEmpty ? loop.describe() : "";
    if (tasks === "") return;
    process.exitCode ||= deadlockExitCode;
    report(tasks);
  };
  process.on("beforeExit", onEmpty).on("exit", onExit);
  return {
    [Symbol.dispose]() {
      process.off("beforeExit", onEmpty).off("exit", onExit);
    },
  };
}

function printTasks(tasks: string): void {
  const message = "the process ran empty, but these tasks wait for something that nothing will bring:";
  process.stderr.write(`overlap: ${message}\n${tasks}\n`);
}
