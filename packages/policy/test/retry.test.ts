import { CancelledError, createTask, currentLoop, run, sleep, TimeoutError, timeout } from "@overlap/loop";
import { runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { RetryBudget, RetryPolicy, retry } from "@overlap/policy";
import { expect, test } from "vitest";
import { failureOf } from "./failure-of.ts";

const random = () => 0.5;

test("tries again after a backoff until it succeeds", () => {
  const begins: number[] = [];
  runVirtualSync(function* () {
    const result = yield* retry(
      function* (attempt) {
        begins.push(currentLoop().now());
        yield* sleep(10);
        if (attempt < 3) throw new Error("busy");
        return `attempt ${attempt}`;
      },
      { random },
    );
    expect(result).toBe("attempt 3");
  });
  expect(begins).toEqual([0, 60, 170]);
});

test("throws what the last attempt threw", () => {
  runVirtualSync(function* () {
    const busy = retry(
      function* (attempt) {
        throw new Error(`attempt ${attempt}`);
      },
      { attempts: 2 },
    );
    expect(yield* failureOf(busy)).toEqual(new Error("attempt 2"));
  });
});

test("waits for the time that the error asks for", () => {
  runVirtualSync(function* () {
    yield* retry(
      function* (attempt) {
        if (attempt === 1) throw Object.assign(new Error("busy"), { retryAfterMs: 5_000 });
      },
      { baseDelayMs: 0 },
    );
    expect(currentLoop().now()).toBe(5_000);
  });
});

test("ends during a backoff as soon as it is cancelled, and tries nothing again", () => {
  let attempts = 0;
  runVirtualSync(function* () {
    const work = retry(
      function* () {
        attempts++;
        throw new Error("busy");
      },
      { baseDelayMs: 1_000, random },
    );
    expect(yield* failureOf(timeout(100, work))).toBeInstanceOf(TimeoutError);
    expect(currentLoop().now()).toBe(100);
  });
  expect(attempts).toBe(1);
});

test("cancels the attempt that goes on, and waits until it has ended", () => {
  const events: string[] = [];
  runVirtualSync(function* () {
    const task = createTask(function* () {
      yield* retry(function* () {
        try {
          yield* sleep(1_000);
        } finally {
          yield* sleep(5);
          events.push(`ended at ${currentLoop().now()}`);
        }
      });
    });
    yield* sleep(10);
    task.cancel("enough");
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
  });
  expect(events).toEqual(["ended at 15"]);
});

test("gives an async function an AbortSignal, which fires on cancel", async () => {
  let aborted = false;
  await runVirtual(function* () {
    const task = createTask(() =>
      retry(async (_attempt, signal) => {
        signal.addEventListener("abort", () => {
          aborted = true;
        });
        await sleep(1_000);
        signal.throwIfAborted();
      }),
    );
    yield* sleep(10);
    task.cancel();
    yield* failureOf(task);
  });
  expect(aborted).toBe(true);
});

test("can be awaited by an async function", async () => {
  expect(await run(async () => await retry(async (attempt) => attempt))).toBe(1);
});

test("keeps retries to a fifth of the calls, whatever they do", () => {
  let sent = 0;
  const policy = new RetryPolicy({ budget: new RetryBudget({ ratio: 0.2, reserve: 0 }), baseDelayMs: 1 });
  runVirtualSync(function* () {
    for (let call = 0; call < 1_000; call++) {
      const work = retry(function* () {
        sent++;
        throw new Error("down");
      }, policy);
      yield* failureOf(work);
    }
  });
  expect(sent).toBe(1_200);
});
