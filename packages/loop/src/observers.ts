import type { ClockedCall } from "./clocked.ts";
import type { Runnable } from "./future.ts";
import type { Loop } from "./loop.ts";
import { Task } from "./task.ts";

/**
 * Hears of what a loop does; see `Loop.observe`. Every method is optional. They are called inline and should be short; what one
 * throws goes to the exception handler. Times are milliseconds on the loop's clock.
 */
export interface LoopObserver {
  /** A task was made; it has not run yet. */
  taskStarted?(task: Task<unknown>): void;
  /** A task ran until its next wait, or to its end. */
  taskStep?(task: Task<unknown>, startMs: number, durationMs: number): void;
  /** A task has ended; `task.state` says how. */
  taskDone?(task: Task<unknown>): void;
  /** A callback ran: of a timer, a future or `callSoon`. `name` is its function's, or says what it is. */
  callback?(name: string, startMs: number, durationMs: number): void;
  /** A call of a `clocked` function has ended. */
  call?(call: ClockedCall): void;
}

/** Everybody who observes a loop. Never changed, only replaced. */
export class Observers {
  readonly list: readonly LoopObserver[];
  readonly #loop: Loop;

  constructor(loop: Loop, list: readonly LoopObserver[]) {
    this.#loop = loop;
    this.list = list;
  }

  taskStarted(task: Task<unknown>): void {
    this.#tell((observer) => observer.taskStarted?.(task));
  }

  taskDone(task: Task<unknown>): void {
    this.#tell((observer) => observer.taskDone?.(task));
  }

  call(call: ClockedCall): void {
    this.#tell((observer) => observer.call?.(call));
  }

  /** What was ready has run. */
  ran(runnable: Runnable, startMs: number, durationMs: number): void {
    this.#tell((observer) => {
      if (runnable instanceof Task) observer.taskStep?.(runnable, startMs, durationMs);
      else observer.callback?.(runnable.label ?? "a callback", startMs, durationMs);
    });
  }

  #tell(tell: (observer: LoopObserver) => void): void {
    for (const observer of this.list) {
      try {
        tell(observer);
      } catch (error) {
        this.#loop.reportFailure({ message: "an observer of the loop threw", error });
      }
    }
  }
}
