import {
  asCompleted,
  CancelledError,
  createTask,
  currentLoop,
  currentTask,
  Future,
  InvalidArgumentError,
  InvalidStateError,
  Semaphore,
  sleep,
  type Task,
  type Timeout,
  TimeoutError,
  timeout,
  timeoutAt,
  wait,
} from "@overlap/loop";
import { runVirtual, runVirtualSync, VirtualClock } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import { caught } from "./caught.ts";

describe("timeout", () => {
  it("cancels the work when the time is over, and throws (test_timeout_basic, test_waiter_cancelled)", () => {
    runVirtualSync(function* () {
      let cancelled = false;
      const error = yield* caught(
        timeout(10, function* () {
          try {
            yield* sleep(10_000);
          } catch (cancel) {
            cancelled = cancel instanceof CancelledError;
            throw cancel;
          }
        }),
      );
      expect(error).toBeInstanceOf(TimeoutError);
      expect((error as Error).message).toBe("not done within 10 ms");
      expect([cancelled, currentLoop().now()]).toEqual([true, 10]);
    });
  });

  it("names the cancel as its cause, and itself as the cancel's reason (test_timeout_exception_cause)", () => {
    runVirtualSync(function* () {
      const error = (yield* caught(timeout(0, sleep(1)))) as TimeoutError;
      expect(error.cause).toBeInstanceOf(CancelledError);
      expect((error.cause as CancelledError).reason).toBeInstanceOf(TimeoutError);
    });
  });

  it("at a time cancels the work then (test_timeout_at_basic)", () => {
    runVirtualSync(function* () {
      const whenMs = currentLoop().now() + 10;
      const timers: Timeout[] = [];
      const error = yield* caught(
        timeoutAt(whenMs, function* (timer) {
          timers.push(timer);
          yield* sleep(10_000);
        }),
      );
      expect(error).toBeInstanceOf(TimeoutError);
      expect(timers.map((timer) => [timer.expired, timer.whenMs])).toEqual([[true, whenMs]]);
    });
  });

  it("gives the result when the work is done in time (test_timeout_not_called)", () => {
    runVirtualSync(function* () {
      const timers: Timeout[] = [];
      const result = yield* timeout(10_000, function* (timer) {
        timers.push(timer);
        yield* sleep(10);
        return "done";
      });
      expect([result, timers[0]?.expired, currentLoop().now()]).toEqual(["done", false, 10]);
    });
  });

  it("of Infinity has no limit (test_timeout_disabled, test_timeout_at_disabled)", () => {
    runVirtualSync(function* () {
      yield* timeout(Number.POSITIVE_INFINITY, sleep(1e9));
      yield* timeoutAt(Number.POSITIVE_INFINITY, sleep(1e9));
      expect(currentLoop().now()).toBe(2e9);
    });
  });

  it.each([
    ["test_timeout_zero", () => timeout(0, () => sleep(10_000))],
    ["test_timeout_zero_sleep_zero", () => timeout(0, () => sleep(0))],
    ["test_timeout_in_the_past_sleep_zero", () => timeoutAt(-11, () => sleep(0))],
  ])("of no time at all strikes at the first wait (%s)", (_case, work) => {
    runVirtualSync(function* () {
      expect(yield* caught(work())).toBeInstanceOf(TimeoutError);
      expect(currentLoop().now()).toBe(0);
    });
  });

  it("passes on what the work throws (test_foreign_exception_passed, test_foreign_exception_on_timeout)", () => {
    runVirtualSync(function* () {
      const early = timeout(10, function* () {
        throw new RangeError("early");
      });
      const late = timeout(10, function* () {
        try {
          yield* sleep(1_000);
        } catch {
          throw new RangeError("in the clean-up");
        }
      });
      expect(yield* caught(early)).toEqual(new RangeError("early"));
      expect(yield* caught(late)).toEqual(new RangeError("in the clean-up"));
    });
  });

  it("leaves somebody else's cancel a cancel (test_foreign_cancel_doesnt_timeout_if_not_expired)", () => {
    runVirtualSync(function* () {
      const task = createTask(() =>
        timeout(10, function* () {
          currentTask()?.cancel("from outside");
          yield* sleep(10_000);
        }),
      );
      yield* wait([task]);
      expect(() => task.result()).toThrow(expect.objectContaining({ reason: "from outside" }));
    });
  });

  it("does not leave the task cancelled (test_outer_task_is_not_cancelled)", () => {
    runVirtualSync(function* () {
      const task = createTask(function* () {
        yield* caught(timeout(1, sleep(10_000)));
        yield* sleep(1);
        return currentTask()?.cancelling;
      });
      expect(yield* task).toBe(0);
    });
  });

  it("inside another with the same deadline leaves the error to the outer one (test_nested_timeouts)", () => {
    runVirtualSync(function* () {
      const whenMs = currentLoop().now() + 10;
      let inner: unknown;
      const error = yield* caught(
        timeoutAt(whenMs, function* () {
          try {
            yield* timeoutAt(whenMs, sleep(10_000));
          } catch (cancel) {
            inner = cancel;
            throw cancel;
          }
        }),
      );
      expect(inner).toBeInstanceOf(CancelledError);
      expect(error).toBeInstanceOf(TimeoutError);
    });
  });

  it("that is over before its wait begins strikes there, also inside another (test_nested_timeouts_concurrent, test_nested_timeouts_loop_busy)", () => {
    const clock = new VirtualClock();
    runVirtualSync(
      function* () {
        const path: string[] = [];
        const outer = yield* caught(
          timeout(100, function* () {
            const inner = yield* caught(
              timeout(10, function* () {
                clock.advance(50); // a computation that leaves the loop no turn
                yield* sleep(1_000);
              }),
            );
            path.push(`inner ${(inner as Error).name} at ${currentLoop().now()}`);
            yield* sleep(10_000);
            path.push("not reached");
          }),
        );
        path.push(`outer ${(outer as Error).name} at ${currentLoop().now()}`);
        expect(path).toEqual(["inner TimeoutError at 50", "outer TimeoutError at 100"]);
        expect(currentTask()?.cancelling).toBe(0);
      },
      { clock },
    );
  });

  it("works in a finally of work that was timed out itself (test_nested_timeout_in_finally)", () => {
    runVirtualSync(function* () {
      let inner: unknown;
      const error = yield* caught(
        timeout(10, function* () {
          try {
            yield* sleep(1_000);
          } finally {
            inner = yield* caught(timeout(10, sleep(10_000)));
          }
        }),
      );
      expect(inner).toBeInstanceOf(TimeoutError);
      expect(error).toBeInstanceOf(TimeoutError);
      expect(currentLoop().now()).toBe(20);
    });
  });
});

describe("a timeout in a task that was cancelled before", () => {
  it("still turns its own cancel into an error (test_timeout_after_cancellation)", () => {
    runVirtualSync(function* () {
      const task = createTask(function* () {
        currentTask()?.cancel();
        yield* caught(sleep(1_000));
        return yield* caught(timeout(0, sleep(1_000)));
      });
      expect(yield* task).toBeInstanceOf(TimeoutError);
      expect(task.cancelling).toBe(1);
    });
  });

  it("leaves a further cancel a cancel (test_cancel_in_timeout_after_cancellation)", () => {
    runVirtualSync(function* () {
      const task = createTask(function* () {
        currentTask()?.cancel("first");
        yield* caught(sleep(1_000));
        return yield* caught(
          timeout(1_000, function* () {
            currentTask()?.cancel("second");
            yield* sleep(2_000);
          }),
        );
      });
      expect(yield* task).toEqual(expect.objectContaining({ name: "CancelledError", reason: "second" }));
      expect(task.cancelling).toBe(2);
    });
  });

  it("takes back only its own cancel when the value came first", () => {
    runVirtualSync(function* () {
      const semaphore = new Semaphore(0);
      const task = createTask(function* () {
        currentTask()?.cancel("first");
        yield* caught(sleep(1_000));
        currentLoop().callLater(10, () => semaphore.release());
        using _permit = yield* timeout(10, semaphore.acquire());
        yield* sleep(5);
        return "not struck again";
      });
      expect(yield* task).toBe("not struck again");
      expect(semaphore.free).toBe(1);
    });
  });
});

describe("a timeout that strikes together with a cancel from outside", () => {
  it("takes back its own and leaves the other to the next wait", () => {
    runVirtualSync(function* () {
      const semaphore = new Semaphore(0);
      const path: string[] = [];
      const task: Task<void> = createTask(function* () {
        currentLoop().callLater(10, () => {
          semaphore.release();
          task.cancel("from outside");
        });
        using _permit = yield* timeout(10, semaphore.acquire());
        path.push(`granted, ${task.cancelling} left`);
        yield* sleep(5);
        path.push("not reached");
      });
      yield* wait([task]);
      expect(() => task.result()).toThrow(expect.objectContaining({ reason: "from outside" }));
      expect([path, semaphore.free]).toEqual([["granted, 1 left"], 1]);
    });
  });
});

describe("the deadline", () => {
  it("can be moved and taken away while the work runs (test_reschedule)", () => {
    runVirtualSync(function* () {
      const started = new Future<void>();
      const timers: Timeout[] = [];
      const task = createTask(() =>
        timeoutAt(10, function* (timer) {
          timers.push(timer);
          started.setResult();
          yield* sleep(50);
          return "done";
        }),
      );
      yield* started;
      const [timer] = timers as [Timeout];
      timer.reschedule(30);
      expect(timer.whenMs).toBe(30);
      timer.reschedule(Number.POSITIVE_INFINITY);
      expect(timer.whenMs).toBe(Number.POSITIVE_INFINITY);
      expect(yield* task).toBe("done");
      expect(() => timer.reschedule(60)).toThrow(InvalidStateError);
    });
  });

  it("strikes at its new time", () => {
    runVirtualSync(function* () {
      const error = yield* caught(
        timeout(10, function* (timer) {
          timer.reschedule(30);
          yield* sleep(50);
        }),
      );
      expect([(error as Error).message, currentLoop().now()]).toEqual(["not done within 30 ms", 30]);
    });
  });

  it("cannot be moved when it has struck or the work has ended (test_timeout_finished)", () => {
    runVirtualSync(function* () {
      const timers: Timeout[] = [];
      yield* timeout(10, function* (timer) {
        timers.push(timer);
      });
      yield* caught(
        timeout(10, function* (timer) {
          timers.push(timer);
          yield* sleep(20);
        }),
      );
      expect(() => timers[0]?.reschedule(5)).toThrow("the timeout has ended");
      expect(() => timers[1]?.reschedule(5)).toThrow("the timeout has expired");
    });
  });

  it("leaves no timer behind when the work has ended", () => {
    const clock = new VirtualClock();
    runVirtualSync(
      function* () {
        yield* timeout(10_000, sleep(1));
        yield* timeout(10_000, function* (timer) {
          timer.reschedule(20_000);
          yield* sleep(1);
        });
        yield* wait([sleep(1)], { timeoutMs: 10_000 });
        for (const next of asCompleted([sleep(1)], { timeoutMs: 10_000 })) yield* next;
        expect(clock.nextMs).toBe(Number.POSITIVE_INFINITY);
      },
      { clock },
    );
  });

  it("must be a time", () => {
    expect(() => timeout(-1, sleep(1))).toThrow(InvalidArgumentError);
    expect(() => timeout(Number.NaN, sleep(1))).toThrow("for delayMs, got NaN");
    expect(() => timeoutAt("soon" as never, sleep(1))).toThrow('for whenMs, got "soon"');
  });
});

describe("the work of a timeout", () => {
  it("may be an async function, whose signal fires", async () => {
    await runVirtual(function* () {
      const seen: unknown[] = [];
      const error = yield* caught(
        timeout(10, async (_timer, signal) => {
          signal.addEventListener("abort", () => seen.push(signal.reason));
          await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        }),
      );
      expect(error).toBeInstanceOf(TimeoutError);
      expect(seen).toEqual([expect.any(CancelledError)]);
    });
  });

  it("may be a native promise, which is then left behind", async () => {
    await runVirtual(function* () {
      expect(yield* caught(timeout(10, new Promise(() => {})))).toBeInstanceOf(TimeoutError);
    });
  });

  it("is waited for with await as well", async () => {
    await runVirtual(async () => {
      await expect(timeout(10, sleep(20))).rejects.toThrow(TimeoutError);
      expect(await timeout(10, Promise.resolve(5))).toBe(5);
    });
  });
});
