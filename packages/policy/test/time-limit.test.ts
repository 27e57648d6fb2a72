import { CancelledError, createTask, currentLoop, sleep } from "@overlap/loop";
import { runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { TimeLimitError, timeLimit } from "@overlap/policy";
import { expect, test } from "vitest";
import { failureOf } from "./failure-of.ts";

test("gives what the work gives in time", () => {
  runVirtualSync(function* () {
    const work = function* () {
      yield* sleep(5);
      return "done";
    };
    expect(yield* timeLimit(work, { timeoutMs: 10 })).toBe("done");
  });
});

test("cancels the work when its time is over, and waits until it has ended", () => {
  runVirtualSync(function* () {
    const work = function* () {
      try {
        yield* sleep(1_000);
      } finally {
        yield* sleep(30);
      }
    };
    const failure = yield* failureOf(timeLimit(work, { timeoutMs: 10 }));
    expect(failure).toEqual(new TimeLimitError(10, false));
    expect(currentLoop().now()).toBe(40);
  });
});

test("abandons work that does not end, and says so", async () => {
  await runVirtual(function* () {
    const deaf = async () => await sleep(1_000);
    const failure = yield* failureOf(timeLimit(deaf, { timeoutMs: 10, abandonAfterMs: 20 }));
    expect(failure).toMatchObject({ abandoned: true, code: "OVERLAP_POLICY_TIME_LIMIT" });
    expect((failure as Error).message).toBe("not done within 10 ms, and has not ended since it was told to");
    expect(currentLoop().now()).toBe(30);
    yield* sleep(2_000);
  });
});

test("keeps what the work brings after it was told to end", async () => {
  await runVirtual(function* () {
    const deaf = async () => {
      await sleep(100);
      return "late";
    };
    expect(yield* timeLimit(deaf, { timeoutMs: 10 })).toBe("late");
    const own = async () => {
      await sleep(100);
      throw new Error("its own");
    };
    expect(yield* failureOf(timeLimit(own, { timeoutMs: 10 }))).toEqual(new Error("its own"));
  });
});

test("fires the signal of an async function when its time is over", async () => {
  await runVirtual(function* () {
    let reason: unknown;
    const work = (signal: AbortSignal) =>
      new Promise<void>((_, reject) => {
        signal.addEventListener("abort", () => {
          reason = signal.reason;
          reject(signal.reason);
        });
      });
    expect(yield* failureOf(timeLimit(work, { timeoutMs: 10 }))).toEqual(new TimeLimitError(10, false));
    expect((reason as CancelledError).reason).toBeInstanceOf(TimeLimitError);
  });
});

test("cancels the work when the wait is cancelled, and waits for its end as long", async () => {
  await runVirtual(function* () {
    const deaf = async () => await sleep(1_000);
    const task = createTask(() => timeLimit(deaf, { timeoutMs: 1_000, abandonAfterMs: 20 }));
    yield* sleep(5);
    task.cancel();
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect(currentLoop().now()).toBe(25);
    yield* sleep(2_000);
  });
});

test("refuses a time that is none", () => {
  expect(() => timeLimit(async () => {}, { timeoutMs: -1 })).toThrow(
    "expected a number of at least 0 for timeoutMs, got -1",
  );
});
