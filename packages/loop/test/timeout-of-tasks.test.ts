import {
  CancelledError,
  checkpoint,
  createTask,
  currentLoop,
  Future,
  shield,
  sleep,
  TimeoutError,
  timeout,
  wait,
} from "@overlap/loop";
import { runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import { caught } from "./caught.ts";

/** Works for `forMs`, whatever is asked of it. */
function* stubborn(forMs: number) {
  const endMs = currentLoop().now() + forMs;
  while (currentLoop().now() < endMs) {
    try {
      yield* sleep(endMs - currentLoop().now());
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
    }
  }
  return "finished";
}

describe("timeout of a task", () => {
  it("cancels the task (test_wait_for)", () => {
    runVirtualSync(function* () {
      let running = false;
      const task = createTask(function* () {
        running = true;
        try {
          yield* sleep(10_000);
        } finally {
          running = false;
        }
      });
      expect(yield* caught(timeout(100, task))).toBeInstanceOf(TimeoutError);
      expect([task.state, running, currentLoop().now()]).toEqual(["cancelled", false, 100]);
    });
  });

  it("waits until a task that ignores the cancel has ended (test_asyncio_wait_for_timeout, test_asyncio_wait_for_cancelled)", () => {
    runVirtualSync(function* () {
      const timed = createTask(() => timeout(100, createTask(stubborn, 200)));
      expect(yield* timed).toBe("finished");
      const task = createTask(stubborn, 200);
      const waiting = createTask(() => timeout(400, task));
      yield* sleep(0);
      waiting.cancel();
      yield* wait([waiting]);
      expect([task.result(), currentLoop().now()]).toEqual(["finished", 400]);
    });
  });

  it("waits for the task's clean-up before it throws (test_wait_for_waits_for_task_cancellation, test_wait_for_waits_for_task_cancellation_w_timeout_0)", () => {
    for (const delayMs of [0, 1]) {
      runVirtualSync(function* () {
        let cleanedUp = false;
        const task = createTask(function* () {
          try {
            yield* sleep(10_000);
          } finally {
            yield* sleep(10);
            cleanedUp = true;
          }
        });
        yield* sleep(1);
        const error = (yield* caught(timeout(delayMs, task))) as TimeoutError;
        expect([error.name, (error.cause as Error).name, cleanedUp]).toEqual([
          "TimeoutError",
          "CancelledError",
          true,
        ]);
      });
    }
  });

  it("gives the result of what is done, even with no time at all (test_wait_for_timeout_less_then_0_or_0_future_done)", () => {
    runVirtualSync(function* () {
      const future = new Future<string>();
      future.setResult("done");
      expect([yield* timeout(0, future), currentLoop().now()]).toEqual(["done", 0]);
    });
  });

  it("with no time at all cancels one that has not begun (test_wait_for_timeout_less_then_0_or_0_coroutine_do_not_started)", () => {
    runVirtualSync(function* () {
      let started = 0;
      const running = createTask(function* () {
        started++;
        yield* sleep(10_000);
      });
      yield* checkpoint();
      expect(yield* caught(timeout(0, running))).toBeInstanceOf(TimeoutError);
      expect([running.state, started]).toEqual(["cancelled", 1]);
    });
  });

  it("cancels one that runs when there is no time at all (test_wait_for_timeout_less_then_0_or_0)", () => {
    runVirtualSync(function* () {
      let running: boolean | null = null;
      const task = createTask(function* () {
        running = true;
        try {
          yield* sleep(10);
        } finally {
          running = false;
        }
      });
      yield* checkpoint();
      expect(yield* caught(timeout(0, task))).toBeInstanceOf(TimeoutError);
      expect([task.state, running]).toEqual(["cancelled", false]);
    });
  });

  it("without a limit gives the result (test_wait_for_blocking)", () => {
    const result = runVirtualSync(() =>
      timeout(
        Number.POSITIVE_INFINITY,
        (function* () {
          yield* sleep(1);
          return "done";
        })(),
      ),
    );
    expect(result).toBe("done");
  });

  it("gives the result that came in time (test_wait_for_race_condition)", () => {
    runVirtualSync(function* () {
      const future = new Future<string>();
      currentLoop().callLater(100, () => future.setResult("ok"));
      expect(yield* timeout(200, future)).toBe("ok");
    });
  });

  it("gives the result that came at the same time, whichever timer was first", () => {
    runVirtualSync(function* () {
      const [before, after] = [new Future<string>(), new Future<string>()];
      currentLoop().callLater(100, () => before.setResult("ok"));
      expect(yield* timeout(100, before)).toBe("ok");
      const late = timeout(100, function* () {
        currentLoop().callLater(100, () => after.done || after.setResult("late"));
        return yield* after;
      });
      expect(yield* caught(late)).toBeInstanceOf(TimeoutError);
    });
  });

  it("gives what the work returns in spite of the cancel (test_wait_for_cancellation_race_condition, test_wait_for_cancel_suppressed)", () => {
    runVirtualSync(function* () {
      function* suppress() {
        try {
          yield* sleep(10_000);
        } catch {
          // goes on in spite of it
        }
        return 42;
      }
      expect(yield* timeout(100, suppress())).toBe(42);
      expect(yield* timeout(100, createTask(suppress))).toBe(42);
      yield* sleep(5);
      expect(currentLoop().now()).toBe(205);
    });
  });

  it("passes on what the work throws while it is cancelled (test_wait_for_reraises_exception_during_cancellation)", () => {
    runVirtualSync(function* () {
      const task = createTask(function* () {
        try {
          yield* sleep(200);
        } catch {
          throw new RangeError("instead");
        }
      });
      expect(yield* caught(timeout(1, task))).toEqual(new RangeError("instead"));
    });
  });

  it("can be cancelled itself, even before it begins (test_wait_for_self_cancellation)", () => {
    runVirtualSync(function* () {
      const inner = createTask(stubborn, 300);
      const waiting = createTask(() => timeout(100, inner));
      waiting.cancel();
      yield* wait([waiting]);
      expect([waiting.state, currentLoop().now()]).toEqual(["cancelled", 0]);
      expect(yield* inner).toBe("finished");
    });
  });

  it.each([
    ["test_cancel_blocking_wait_for", Number.POSITIVE_INFINITY],
    ["test_cancel_wait_for", 60_000],
  ])("passes a cancel on to the task (%s)", (_case, delayMs) => {
    runVirtualSync(function* () {
      const task = createTask(() => new Future<void>());
      const waiting = createTask(() => timeout(delayMs, task));
      currentLoop().callLater(1, () => waiting.cancel());
      yield* wait([waiting]);
      expect([waiting.state, task.state]).toEqual(["cancelled", "cancelled"]);
    });
  });

  it("does not swallow a cancel that meets the end of the work (test_wait_for_issue86296)", () => {
    runVirtualSync(function* () {
      let reachedEnd = false;
      const inner = createTask(function* () {
        return "done";
      });
      const waiting = createTask(function* () {
        expect(yield* timeout(100_000, inner)).toBe("done");
        yield* sleep(1_000);
        reachedEnd = true;
      });
      inner.addDoneCallback(() => waiting.cancel());
      yield* wait([waiting]);
      expect([waiting.state, inner.result(), reachedEnd]).toEqual(["cancelled", "done", false]);
    });
  });
});

describe("timeout of a shielded task", () => {
  it.each([
    ["test_zero_timeout", 0],
    ["test_shielded_timeout", 10],
  ])("throws and leaves the task running (%s)", (_case, delayMs) => {
    runVirtualSync(function* () {
      const task = createTask(stubborn, 100);
      const shielded = shield(task);
      expect(yield* caught(timeout(delayMs, shielded))).toBeInstanceOf(TimeoutError);
      expect([shielded.state, task.state]).toEqual(["cancelled", "pending"]);
      expect(yield* task).toBe("finished");
    });
  });

  it("without a limit gives the result (test_none_timeout)", () => {
    runVirtualSync(function* () {
      expect(yield* timeout(Number.POSITIVE_INFINITY, shield(createTask(stubborn, 100)))).toBe("finished");
    });
  });
});
