import {
  type Coroutine,
  co,
  createTask,
  type Task,
  type TaskFunction,
  type Waitable,
  wait,
} from "@overlap/loop";
import { expectAtLeast, TimeLimitError } from "./errors.ts";

/** How long work may take. */
export interface TimeLimitOptions {
  /** Milliseconds after which the work is told to end. At least 0. @default none; must be given */
  readonly timeoutMs: number;
  /**
   * Milliseconds that the work has then to end. Until it has, the wait goes on, so that what it holds is not given to somebody else;
   * after that it is left alone. At least 0.
   * @default Infinity
   */
  readonly abandonAfterMs?: number;
}

/**
 * Runs `work` as a task, cancels it when its time is over, and waits until it has really ended, or has had long enough to. Only an
 * async `work` that takes a parameter gets the `AbortSignal`. Work that ends with a value or an error of its own after it was
 * cancelled keeps it. Cancelling the wait cancels the work, and waits for its end as long.
 *
 * @throws TimeLimitError when it was cancelled for its time, or abandoned; PolicyArgumentError.
 * @example
 * const page = await timeLimit((signal) => fetchPage(url, signal), { timeoutMs: 5_000, abandonAfterMs: 1_000 });
 */
export function timeLimit<T>(
  work: (signal: AbortSignal) => Coroutine<T> | PromiseLike<T>,
  options: TimeLimitOptions,
): Waitable<T> {
  const { timeoutMs, abandonAfterMs = Number.POSITIVE_INFINITY } = options;
  expectAtLeast(0, "timeoutMs", timeoutMs);
  expectAtLeast(0, "abandonAfterMs", abandonAfterMs);
  return runLimited(work as TaskFunction<unknown>, timeoutMs, abandonAfterMs) as Waitable<T>;
}

const runLimited = co(function* timeLimit(
  work: TaskFunction<unknown>,
  timeoutMs: number,
  abandonAfterMs: number,
): Coroutine<unknown> {
  const task = createTask(work);
  try {
    yield* wait([task], { timeoutMs });
  } catch (cancel) {
    task.cancel(cancel);
    yield* endOf(task, abandonAfterMs);
    throw cancel;
  }
  if (task.done) return task.result();
  task.cancel(new TimeLimitError(timeoutMs, false));
  yield* endOf(task, abandonAfterMs);
  if (!task.done || task.cancelled) throw new TimeLimitError(timeoutMs, !task.done);
  return task.result();
});

/** Waits for a task's end, whatever it is, for so long. Nobody is told what becomes of one that is abandoned. */
function* endOf(task: Task<unknown>, withinMs: number): Coroutine<void> {
  task.addDoneCallback(() => {});
  yield* wait([task], { timeoutMs: withinMs });
}
