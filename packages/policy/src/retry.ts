import {
  type Coroutine,
  co,
  createTask,
  currentLoop,
  sleep,
  type TaskFunction,
  type Waitable,
} from "@overlap/loop";
import { type RetryOptions, RetryPolicy } from "./retry-policy.ts";

/**
 * Calls `work(attempt)` (1, 2, …) until it succeeds or the policy gives up, waiting in between. `work` is a coroutine
 * function or an async one; only an async one that takes a second parameter gets the `AbortSignal`. Cancelling cancels the
 * attempt or the wait that goes on, and nothing is tried again.
 *
 * @throws what the last attempt threw.
 * @example
 * const page = await retry((attempt, signal) => fetchPage(url, signal), { attempts: 3 });
 */
export function retry<T>(
  work: (attempt: number, signal: AbortSignal) => Coroutine<T> | PromiseLike<T>,
  options: RetryOptions | RetryPolicy = {},
): Waitable<T> {
  const policy = options instanceof RetryPolicy ? options : new RetryPolicy(options);
  return attemptAll(work as RetryWork, policy) as Waitable<T>;
}

type RetryWork = (attempt: number, signal: AbortSignal) => PromiseLike<unknown>;

const attemptAll = co(function* retry(work: RetryWork, policy: RetryPolicy): Coroutine<unknown> {
  const loop = currentLoop();
  const startMs = loop.now();
  policy.begin();
  for (let attempts = 1; ; attempts++) {
    try {
      // An async function gets its signal from the task.
      return yield* createTask(work as TaskFunction<unknown, [number]>, attempts);
    } catch (error) {
      const delayMs = policy.nextDelayMs(error, { attempts, elapsedMs: loop.now() - startMs });
      if (delayMs === null) throw error;
      yield* sleep(delayMs);
    }
  }
});
