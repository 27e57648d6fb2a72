import {
  CancelledError,
  checkpoint,
  createTask,
  currentLoop,
  currentTask,
  Future,
  InvalidStateError,
  sleep,
  type Task,
  type TaskGroup,
  type TimeoutError,
  taskGroup,
  timeout,
  wait,
} from "@overlap/loop";
import { runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import { caught } from "./caught.ts";

function* after<T>(delayMs: number, value: T) {
  yield* sleep(delayMs);
  return value;
}

function* failAfter(delayMs: number, message = `failed after ${delayMs}`) {
  yield* sleep(delayMs);
  throw new Error(message);
}

/** The messages of a group's errors; those of a group within it as a list of their own. */
function messages(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return (error as Error).message;
  return error.errors.map(messages);
}

describe("a task group", () => {
  it("waits for its tasks, those it was given later too (test_taskgroup_01, test_taskgroup_02)", () => {
    runVirtualSync(function* () {
      const [a, b] = yield* taskGroup(function* (group) {
        const first = group.spawn(after, 100, 42);
        yield* sleep(150);
        return [first, group.spawn(after, 200, 11)] as const;
      });
      expect([a.result(), b.result(), currentLoop().now()]).toEqual([42, 11, 350]);
    });
  });

  it("goes on when one of its tasks is cancelled (test_taskgroup_03)", () => {
    runVirtualSync(function* () {
      const [a, b] = yield* taskGroup(function* (group) {
        const first = group.spawn(after, 1_000, 42);
        yield* sleep(150);
        first.cancel();
        return [first, group.spawn(after, 200, 11)] as const;
      });
      expect([a.state, b.result()]).toEqual(["cancelled", 11]);
    });
  });

  it("cancels the others when one fails, and throws all failures (test_taskgroup_04)", () => {
    runVirtualSync(function* () {
      const tasks: Task<unknown>[] = [];
      const error = yield* caught(
        taskGroup(function* (group) {
          tasks.push(group.spawn(failAfter, 100), group.spawn(after, 1_000, "too late"));
        }),
      );
      expect(messages(error)).toEqual(["failed after 100"]);
      expect((error as Error).message).toBe("a task of the group failed: failed after 100");
      expect([tasks[1]?.state, currentLoop().now()]).toEqual(["cancelled", 100]);
    });
  });

  it("cancels its body too when a task fails (test_cancel_children_on_child_error)", () => {
    runVirtualSync(function* () {
      const cancelled: string[] = [];
      function* sleeper(name: string) {
        try {
          yield* sleep(10_000);
        } catch (error) {
          cancelled.push(name);
          throw error;
        }
      }
      const error = yield* caught(
        taskGroup(function* (group) {
          for (let i = 0; i < 3; i++) group.spawn(failAfter, 100);
          group.spawn(sleeper, "task");
          yield* sleeper("body");
        }),
      );
      expect(messages(error)).toEqual(["failed after 100", "failed after 100", "failed after 100"]);
      expect((error as Error).message).toBe("3 tasks of the group failed, first: failed after 100");
      expect(cancelled.sort()).toEqual(["body", "task"]);
    });
  });

  it("passes a cancel on to all its tasks, and then to who waits (test_cancellation, test_taskgroup_07, test_taskgroup_17, test_taskgroup_22)", () => {
    for (const bodyMs of [0, 10_000]) {
      runVirtualSync(function* () {
        let cleanedUp = 0;
        function* child() {
          try {
            yield* sleep(5_000);
          } finally {
            yield* sleep(10);
            cleanedUp++;
          }
        }
        const task = createTask(() =>
          taskGroup(function* (group) {
            for (let i = 0; i < 5; i++) group.spawn(child);
            yield* sleep(bodyMs);
          }),
        );
        yield* sleep(100);
        task.cancel("test");
        yield* wait([task]);
        expect(() => task.result()).toThrow(expect.objectContaining({ reason: "test" }));
        expect([cleanedUp, currentLoop().now()]).toEqual([5, 110]);
      });
    }
  });

  it.each([
    ["ends cancelled when that was before its tasks failed", 99, { reason: "test" }],
    ["fails when that was in the turn in which its tasks failed", 100, { errors: [expect.anything()] }],
  ])(
    "whose parent is cancelled %s (test_cancellation_in_body, test_taskgroup_11, test_taskgroup_12)",
    (_case, cancelMs, expected) => {
      runVirtualSync(function* () {
        const task = createTask(() =>
          taskGroup(function* (outer) {
            outer.spawn(after, 10_000, 0);
            yield* taskGroup(function* (inner) {
              for (let i = 0; i < 5; i++) inner.spawn(failAfter, 100);
              yield* sleep(10_000);
            });
          }),
        );
        yield* sleep(cancelMs);
        task.cancel("test");
        expect(yield* caught(task)).toMatchObject(expected);
        expect([task.cancelling, currentLoop().now()]).toEqual([1, cancelMs]);
      });
    },
  );

  it.each([
    ["test_taskgroup_09", 100],
    ["test_taskgroup_10", 0],
  ])("cancels its tasks when the body fails (%s)", (_case, bodyMs) => {
    runVirtualSync(function* () {
      const tasks: Task<unknown>[] = [];
      const error = yield* caught(
        taskGroup(function* (group) {
          tasks.push(group.spawn(after, 1_000, 42), group.spawn(after, 2_000, 11));
          yield* failAfter(bodyMs, "the body");
        }),
      );
      expect(messages(error)).toEqual(["the body"]);
      expect(tasks.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
    });
  });

  it("within a group is cancelled by a failure of the outer one (test_taskgroup_13)", () => {
    runVirtualSync(function* () {
      const error = yield* caught(
        taskGroup(function* (outer) {
          outer.spawn(failAfter, 100);
          yield* taskGroup(function* (inner) {
            inner.spawn(failAfter, 10_000);
          });
        }),
      );
      expect([messages(error), currentLoop().now()]).toEqual([["failed after 100"], 100]);
    });
  });

  it("within a group fails that one with its own error (test_taskgroup_14)", () => {
    runVirtualSync(function* () {
      const error = yield* caught(
        taskGroup(function* (outer) {
          outer.spawn(failAfter, 10_000);
          yield* taskGroup(function* (inner) {
            inner.spawn(failAfter, 100);
          });
        }),
      );
      expect(messages(error)).toEqual([["failed after 100"]]);
    });
  });

  it("fails when a task of it fails while the cancelled body still cleans up (test_taskgroup_15, test_taskgroup_16)", () => {
    runVirtualSync(function* () {
      function* nested() {
        yield* taskGroup(function* (group) {
          group.spawn(failAfter, 300);
          try {
            yield* sleep(10_000);
          } finally {
            yield* sleep(500);
          }
        });
      }
      const direct = createTask(nested);
      const indirect = createTask(function* () {
        yield* createTask(nested);
      });
      yield* sleep(100);
      direct.cancel();
      indirect.cancel();
      yield* wait([direct, indirect]);
      expect(messages(direct.exception())).toEqual(["failed after 300"]);
      expect(messages(indirect.exception())).toEqual(["failed after 300"]);
    });
  });

  it("throws what the body makes of its cancel (test_taskgroup_18)", () => {
    runVirtualSync(function* () {
      const task = createTask(() =>
        taskGroup(function* () {
          try {
            yield* sleep(10_000);
          } catch {
            throw new Error("not a good idea");
          }
        }),
      );
      yield* sleep(100);
      task.cancel();
      yield* wait([task]);
      expect(messages(task.exception())).toEqual(["not a good idea"]);
    });
  });

  it("throws the failures of the body and of the tasks together (test_taskgroup_19, test_taskgroup_20a, test_taskgroup_21a, test_taskgroup_context_manager_exit_raises)", () => {
    runVirtualSync(function* () {
      const error = yield* caught(
        taskGroup(function* (group) {
          group.spawn(failAfter, 100);
          try {
            yield* sleep(10_000);
          } catch {
            throw new Error("the body's clean-up");
          }
        }),
      );
      expect(messages(error)).toEqual(["failed after 100", "the body's clean-up"]);
      expect(currentTask()?.cancelling).toBe(0);
    });
  });

  it("lets go of tasks that have ended (test_taskgroup_23)", () => {
    runVirtualSync(function* () {
      yield* taskGroup(function* (group) {
        for (let i = 0; i < 10; i++) {
          yield* sleep(100);
          group.spawn(after, 300, i);
          expect(group.taskCount).toBeLessThan(5);
        }
        yield* sleep(1_350);
        expect(group.taskCount).toBe(0);
      });
    });
  });

  it("can be given tasks by its tasks, and waits for them too (test_taskgroup_24)", () => {
    runVirtualSync(function* () {
      yield* taskGroup(function* (group) {
        group.spawn(function* () {
          yield* sleep(100);
          group.spawn(after, 100, 0);
          group.spawn(after, 200, 0);
        });
      });
      expect(currentLoop().now()).toBe(300);
    });
  });

  it("ends though its tasks breed, when one fails (test_taskgroup_25)", () => {
    runVirtualSync(function* () {
      let heads = 0;
      const error = yield* caught(
        taskGroup(function* (group) {
          function* hydra() {
            heads++;
            yield* sleep(10);
            group.spawn(hydra);
            group.spawn(hydra);
          }
          group.spawn(hydra);
          group.spawn(function* hercules() {
            while (heads < 10) yield* sleep(15);
            throw new Error("slain");
          });
        }),
      );
      expect(messages(error)).toEqual(["slain"]);
      expect(heads).toBeGreaterThanOrEqual(10);
    });
  });

  it("takes no new task once it is being cancelled or has ended (test_taskgroup_no_create_task_after_failure, test_taskgroup_finished, test_coro_closed_when_tg_closed)", () => {
    runVirtualSync(function* () {
      const refusals: unknown[] = [];
      const groups: TaskGroup[] = [];
      const error = yield* caught(
        taskGroup(function* (group) {
          groups.push(group);
          group.spawn(failAfter, 1);
          group.spawn(function* () {
            try {
              yield* sleep(1_000);
            } catch (cancel) {
              refusals.push(yield* thrownBy(() => group.spawn(after, 1, 0)));
              throw cancel;
            }
          });
        }),
      );
      refusals.push(yield* thrownBy(() => groups[0]?.spawn(after, 1, 0)));
      expect(messages(error)).toEqual(["failed after 1"]);
      expect(refusals.map(messages)).toEqual([
        "this task group is being cancelled; it takes no new tasks",
        "this task group has ended; it takes no new tasks",
      ]);
      expect(refusals[0]).toBeInstanceOf(InvalidStateError);
    });
    function* thrownBy(call: () => unknown) {
      try {
        call();
      } catch (error) {
        return error;
      }
      throw new Error("expected an error");
    }
  });

  it("cancels the task that made the one that fails (test_cancels_task_if_created_during_creation)", () => {
    runVirtualSync(function* () {
      let ran = false;
      const error = yield* caught(
        taskGroup(function* (group) {
          group.spawn(function* () {
            group.spawn(function* () {
              throw new Error("third task failed");
            });
            const cancel = yield* caught(
              (function* () {
                yield* sleep(0);
                yield* sleep(0);
              })(),
            );
            ran = cancel instanceof CancelledError;
          });
        }),
      );
      expect([messages(error), ran]).toEqual([["third task failed"], true]);
    });
  });

  it("can be waited for outside a task, in one of its own (test_taskgroup_without_parent_task)", async () => {
    const result = await runVirtual(async () =>
      taskGroup(function* (group) {
        group.spawn(after, 10, 0);
        return "done";
      }),
    );
    expect(result).toBe("done");
  });

  it("names its tasks for their functions (test_taskgroup_task_name, test_name)", () => {
    runVirtualSync(function* () {
      yield* taskGroup(function* (group) {
        expect(group.spawn(after, 1, 0).name).toBe("after");
      });
    });
  });
});

describe("the cancel of a group's parent", () => {
  it("is taken back when it was the group's own (test_cancelling_level_preserved, test_cancellation_does_not_leak_out_of_tg)", () => {
    runVirtualSync(function* () {
      for (const delayMs of [0, 1]) {
        yield* caught(
          taskGroup(function* (group) {
            group.spawn(failAfter, delayMs);
          }),
        );
        expect(currentTask()?.cancelling).toBe(0);
        yield* checkpoint();
      }
    });
  });

  it("is kept when an outer group asked for it while the inner one failed (test_nested_groups_both_cancelled)", () => {
    runVirtualSync(function* () {
      const path: unknown[] = [];
      const error = yield* caught(
        taskGroup(function* (outer) {
          const inner = yield* caught(
            taskGroup(function* (group) {
              group.spawn(failAfter, 0, "inner");
              outer.spawn(failAfter, 0, "outer");
            }),
          );
          path.push(messages(inner), currentTask()?.cancelling);
        }),
      );
      expect([...path, messages(error), currentTask()?.cancelling]).toEqual([["inner"], 1, ["outer"], 0]);
    });
  });

  it("is not swallowed when the group fails at the same time (test_error_and_cancel)", () => {
    runVirtualSync(function* () {
      const begun = new Future<void>();
      const path: unknown[] = [];
      const task: Task<void> = createTask(function* () {
        const error = yield* caught(
          taskGroup(function* (group) {
            group.spawn(function* () {
              begun.setResult();
              yield* sleep(0);
              throw new Error("no");
            });
            yield* sleep(1_000);
          }),
        );
        path.push(messages(error), task.cancelling);
        yield* sleep(1_000);
        path.push("not reached");
      });
      yield* begun;
      task.cancel("stop");
      yield* wait([task]);
      expect(() => task.result()).toThrow(expect.objectContaining({ name: "CancelledError" }));
      expect(path).toEqual([["no"], 1]);
    });
  });

  it("by a timeout stays the timeout's (test_exception_refcycles_propagate_cancellation_error)", () => {
    runVirtualSync(function* () {
      const error = yield* caught(
        timeout(10, function* () {
          yield* taskGroup(function* (group) {
            group.spawn(after, 1_000, 0);
          });
        }),
      );
      expect([(error as TimeoutError).name, currentTask()?.cancelling]).toEqual(["TimeoutError", 0]);
    });
  });

  it("comes again after a group that failed within a timeout that was over", () => {
    runVirtualSync(function* () {
      const path: unknown[] = [];
      const error = yield* caught(
        timeout(10, function* () {
          const inner = yield* caught(
            taskGroup(function* (group) {
              group.spawn(function* () {
                try {
                  yield* sleep(1_000);
                } finally {
                  yield* failAfter(5, "in the clean-up");
                }
              });
            }),
          );
          path.push(messages(inner));
          yield* sleep(1_000);
          path.push("not reached");
        }),
      );
      expect([path, (error as Error).name]).toEqual([[["in the clean-up"]], "TimeoutError"]);
      expect(currentLoop().now()).toBe(15);
    });
  });
});
