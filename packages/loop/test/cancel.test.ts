import {
  CancelledError,
  checkpoint,
  createTask,
  currentLoop,
  currentTask,
  Future,
  sleep,
  type Task,
  wait,
} from "@overlap/loop";
import { allTasksBlocked, runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

describe("cancelling a task", () => {
  it("ends its wait at once, in virtual time too (test_cancel, test_sleep_cancel, test_task_cancel_sleeping_task)", () => {
    runVirtualSync(function* () {
      const task = createTask(function* () {
        yield* sleep(10_000);
        return 12;
      });
      currentLoop().callLater(100, () => task.cancel());
      yield* ended(task);
      expect([task.state, task.cancel(), currentLoop().now()]).toEqual(["cancelled", false, 100]);
    });
  });

  it("strikes at a checkpoint (test_cancel_yield)", () => {
    runVirtualSync(function* () {
      const task = createTask(function* () {
        yield* checkpoint();
        yield* checkpoint();
        return 12;
      });
      yield* checkpoint();
      task.cancel();
      yield* ended(task);
      expect(task.state).toBe("cancelled");
    });
  });

  it("cancels the future it waits for (test_task_cancel_waiter_future)", () => {
    runVirtualSync(function* () {
      const future = new Future<void>();
      const task = createTask(() => future);
      yield* allTasksBlocked();
      expect(task.waitsFor).toBe(future);
      task.cancel();
      yield* ended(task);
      expect([task.state, future.state, task.waitsFor]).toEqual(["cancelled", "cancelled", null]);
    });
  });

  it("is what happens when the future it waits for is cancelled (test_cancel_inner_future)", () => {
    runVirtualSync(function* () {
      const future = new Future<void>();
      const task = createTask(() => future);
      yield* allTasksBlocked();
      future.cancel();
      yield* ended(task);
      expect(task.state).toBe("cancelled");
    });
  });

  it("and its future together cancels it once (test_cancel_both_task_and_inner_future)", () => {
    runVirtualSync(function* () {
      const future = new Future<void>();
      const seen: unknown[] = [];
      const task = createTask(function* () {
        try {
          yield* future;
        } catch (error) {
          seen.push(error instanceof CancelledError);
        }
        yield* checkpoint();
        return "once";
      });
      yield* allTasksBlocked();
      future.cancel();
      task.cancel();
      expect(yield* task).toBe("once");
      expect(seen).toEqual([true]);
    });
  });

  it("can be caught, and then the task ends as it likes (test_cancel_task_catching)", () => {
    runVirtualSync(function* () {
      const [first, second] = [new Future<void>(), new Future<void>()];
      const task = createTask(function* () {
        yield* first;
        try {
          yield* second;
        } catch {
          return 42;
        }
        return 0;
      });
      yield* allTasksBlocked();
      first.setResult();
      yield* allTasksBlocked();
      task.cancel();
      expect(second.cancelled).toBe(true);
      expect(yield* task).toBe(42);
      expect(task.state).toBe("fulfilled");
    });
  });

  it("can be caught, and then the task can wait on (test_cancel_task_ignoring)", () => {
    runVirtualSync(function* () {
      const [cancelled, third] = [new Future<void>(), new Future<number>()];
      const task = createTask(function* () {
        try {
          yield* cancelled;
        } catch {
          // goes on in spite of it
        }
        return yield* third;
      });
      yield* allTasksBlocked();
      task.cancel();
      yield* allTasksBlocked();
      expect(task.waitsFor).toBe(third);
      third.setResult(42);
      expect(yield* task).toBe(42);
    });
  });

  it("by itself strikes at its next wait (test_cancel_current_task)", () => {
    runVirtualSync(function* () {
      const task = createTask(function* () {
        currentTask()?.cancel();
        yield* sleep(100);
        return 12;
      });
      yield* ended(task);
      expect([task.state, currentLoop().now()]).toEqual(["cancelled", 0]);
    });
  });

  it("by itself cancels the task it waits for next (test_cancel_awaited_task)", () => {
    runVirtualSync(function* () {
      const future = new Future<void>();
      const nested = createTask(() => future);
      const task = createTask(function* () {
        yield* sleep(0);
        currentTask()?.cancel();
        yield* nested;
      });
      yield* ended(task);
      expect([task.state, nested.state, future.state]).toEqual(["cancelled", "cancelled", "cancelled"]);
    });
  });

  it("before its first step means that its body never runs (test_cancel_with_message_before_starting_task)", () => {
    runVirtualSync(function* () {
      let ran = false;
      const task = createTask(function* () {
        ran = true;
      });
      task.cancel("my message");
      yield* wait([task]);
      expect(() => task.exception()).toThrow(expect.objectContaining({ reason: "my message" }));
      expect(ran).toBe(false);
    });
  });

  it.each([[undefined], [null], ["my message"], [5]])(
    "carries its reason to whoever asks for the outcome: %s (test_cancel_with_message_then_future_result, test_cancel_with_message_then_future_exception, test_task_cancel_message_getter)",
    (reason) => {
      runVirtualSync(function* () {
        const task = createTask(() => sleep(10));
        yield* sleep(0);
        task.cancel(reason);
        yield* wait([task]);
        expect(() => task.result()).toThrow(expect.objectContaining({ name: "CancelledError", reason }));
        expect(() => task.exception()).toThrow(expect.objectContaining({ name: "CancelledError", reason }));
      });
    },
  );

  it("is the cause for whoever turns it into an error (test_cancellation_exception_context)", () => {
    runVirtualSync(function* () {
      const inner = createTask(() => sleep(10_000));
      const task = createTask(function* () {
        yield* sleep(0);
        currentLoop().callSoon(() => inner.cancel("msg"));
        try {
          yield* inner;
        } catch (cause) {
          throw new Error("cancelled", { cause });
        }
      });
      yield* wait([task]);
      expect(task.exception()).toMatchObject({ message: "cancelled", cause: { reason: "msg" } });
    });
  });

  it("passes from task to task down to the future that is waited for (test_yield_future_passes_cancel)", () => {
    runVirtualSync(function* () {
      const waiter = new Future<void>();
      const path: string[] = [];
      const outer = createTask(function* () {
        try {
          yield* createTask(function* () {
            try {
              yield* waiter;
            } catch (error) {
              path.push("inner");
              throw error;
            }
          });
        } catch {
          path.push("outer");
        }
      });
      yield* allTasksBlocked();
      outer.cancel();
      yield* outer;
      expect([path, waiter.cancelled]).toEqual([["inner", "outer"], true]);
    });
  });

  it("may be answered with an error of its own, which counts (test_baseexception_during_cancel)", () => {
    runVirtualSync(function* () {
      const error = new Error("while cleaning up");
      const task = createTask(function* () {
        try {
          yield* sleep(10);
        } catch {
          throw error;
        }
      });
      yield* allTasksBlocked();
      task.cancel();
      yield* wait([task]);
      expect([task.state, task.exception()]).toEqual(["failed", error]);
    });
  });

  it("is edge-triggered: a finally may wait, and a second cancel ends that wait (trio test_cancel_shielding)", () => {
    runVirtualSync(function* () {
      const path: string[] = [];
      const task = createTask(function* () {
        try {
          yield* sleep(1_000);
        } finally {
          yield* sleep(10);
          path.push(`cleaned up at ${currentLoop().now()}`);
          try {
            yield* sleep(1_000);
          } finally {
            path.push(`interrupted at ${currentLoop().now()}`);
          }
        }
      });
      currentLoop().callLater(5, () => task.cancel("first"));
      currentLoop().callLater(50, () => task.cancel("second"));
      yield* wait([task]);
      expect(() => task.result()).toThrow(expect.objectContaining({ reason: "second" }));
      expect(path).toEqual(["cleaned up at 15", "interrupted at 50"]);
    });
  });
});

describe("the count of cancel requests", () => {
  it("is how many times cancel was asked for (test_cancelling)", () => {
    runVirtualSync(function* () {
      const task = createTask(() => sleep(10));
      expect(task.cancelling).toBe(0);
      expect(task.cancel()).toBe(true);
      expect(task.cancelling).toBe(1);
      expect(task.cancel()).toBe(true);
      expect(task.cancelling).toBe(2);
      yield* ended(task);
    });
  });

  it("goes down with uncancel, after which the task can be cancelled again (test_uncancel_basic)", () => {
    runVirtualSync(function* () {
      const task: Task<void> = createTask(function* () {
        try {
          yield* sleep(10_000);
        } catch {
          task.uncancel();
          yield* sleep(10_000);
        }
      });
      yield* sleep(10);
      task.cancel();
      expect([task.cancelling, task.done]).toEqual([1, false]);
      yield* sleep(10);
      expect([task.cancelling, task.done]).toEqual([0, false]);
      task.cancel();
      expect(task.cancelling).toBe(1);
      yield* ended(task);
      expect([task.state, task.uncancel(), task.state]).toEqual(["cancelled", 0, "cancelled"]);
    });
  });

  it("at zero drops a cancel that has not been delivered (test_uncancel_resets_must_cancel)", () => {
    runVirtualSync(function* () {
      const future = new Future<void>();
      const task = createTask(function* () {
        yield* future;
        yield* checkpoint();
        return 42;
      });
      yield* allTasksBlocked();
      future.setResult();
      task.cancel();
      expect(task.cancelling).toBe(1);
      expect(task.uncancel()).toBe(0);
      expect(yield* task).toBe(42);
    });
  });

  it.each([
    [10_000, { timedOut: true, blockFinished: false }],
    [0, { timedOut: false, blockFinished: true }],
  ])(
    "lets a block that sleeps %d ms turn its own cancel into something else (test_uncancel_structured_blocks)",
    (blockMs, expected) => {
      runVirtualSync(function* () {
        const task: Task<typeof expected> = createTask(function* () {
          const seen = { timedOut: false, blockFinished: false };
          const timer = currentLoop().callLater(100, () => {
            seen.timedOut = true;
            task.cancel();
          });
          try {
            yield* sleep(blockMs);
            seen.blockFinished = true;
          } catch (error) {
            if (!(seen.timedOut && task.uncancel() === 0)) throw error;
          } finally {
            timer.cancel();
          }
          yield* sleep(0);
          return seen;
        });
        expect(yield* task).toEqual(expected);
        expect(task.cancelling).toBe(0);
      });
    },
  );
});

function* ended(task: Task<unknown>) {
  yield* wait([task]);
}
