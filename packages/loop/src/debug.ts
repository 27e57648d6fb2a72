import { reportCalls } from "./call-report.ts";
import { expectDuration } from "./errors.ts";
import type { Loop } from "./loop.ts";
import type { LoopObserver } from "./observers.ts";
import { formatStack } from "./stack.ts";
import type { Task } from "./task.ts";
import { noteWait } from "./waiting-since.ts";

/**
 * Options of debug mode: `run(main, { debug })` and `Loop.setDebug`. It tells of callbacks and steps of tasks that hold the loop
 * for too long, and of calls of `co` functions that nobody waited for; and `Loop.describe` says since when tasks wait. It
 * costs time, so leave it off in production.
 */
export interface DebugOptions {
  /** A callback or step is too slow from this many milliseconds on; at least 0, and 0 tells of each. @default 100 */
  readonly slowCallbackMs?: number;
  /** Gets what was found, as text of one line or more. @default it is printed to standard error */
  readonly report?: (finding: string) => void;
}

/** Watches a loop until it is disposed of. */
export class DebugMode implements LoopObserver, Disposable {
  readonly #slowMs: number;
  readonly #report: (finding: string) => void;
  readonly #watching: Disposable;
  readonly #calls: Disposable;

  /** @throws InvalidArgumentError */
  constructor(loop: Loop, { slowCallbackMs = 100, report = print }: DebugOptions) {
    this.#slowMs = expectDuration("slowCallbackMs", slowCallbackMs);
    this.#report = report;
    this.#watching = loop.observe(this);
    this.#calls = reportCalls(loop, report);
  }

  taskStep(task: Task<unknown>, startMs: number, durationMs: number): void {
    noteWait(task, startMs + durationMs);
    if (durationMs < this.#slowMs) return;
    const stack = formatStack(task.stack());
    const where = stack === "" ? "; it has ended" : `; it waits now at\n${stack}`;
    this.#report(`a step of task ${task.name} held the loop for ${inMs(durationMs)}${where}`);
  }

  callback(name: string, _startMs: number, durationMs: number): void {
    if (durationMs >= this.#slowMs) this.#report(`${name} held the loop for ${inMs(durationMs)}`);
  }

  [Symbol.dispose](): void {
    this.#watching[Symbol.dispose]();
    this.#calls[Symbol.dispose]();
  }
}

function inMs(durationMs: number): string {
  return `${Math.round(durationMs * 10) / 10} ms`;
}

function print(finding: string): void {
  // biome-ignore lint/suspicious/noConsole: debug mode is for people who look
  console.error(`overlap: ${finding}`);
}
