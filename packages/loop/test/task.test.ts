import {
  CancelledError,
  checkpoint,
  co,
  createTask,
  currentLoop,
  currentTask,
  Future,
  InvalidArgumentError,
  InvalidStateError,
  Loop,
  run,
  sleep,
  Task,
  until,
} from "@overlap/loop";
import { allTasksBlocked, runVirtual } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

describe("a task", () => {
  it("is a future (test_future_subclass)", () => {
    expect(Task.prototype).toBeInstanceOf(Future);
  });

  it("runs its coroutine on its loop and keeps what it returns (test_task_class, test_task_basics)", async () => {
    await runVirtual(function* () {
      function* outer() {
        return (yield* inner(42)) + (yield* co(inner)(1_000));
      }
      function* inner(value: number) {
        yield* checkpoint();
        return value;
      }
      const task = createTask(outer);
      expect(task.loop).toBe(currentLoop());
      expect(yield* task).toBe(1_042);
      expect([task.done, task.result()]).toEqual([true, 1_042]);
    });
  });

  it("starts at the next turn, never inline (test_eager_start_false)", async () => {
    await runVirtual(function* () {
      let started = false;
      const task = createTask(function* () {
        started = true;
      });
      expect([started, task.done]).toEqual([false, false]);
      yield* task;
      expect(started).toBe(true);
    });
  });

  it("is made by createTask from a coroutine, a waitable or an async function (test_bare_create_task, test_create_task_with_async_function, test_create_task_with_asynclike_function)", async () => {
    await runVirtual(function* () {
      const results = [
        yield* createTask(function* () {
          return 1;
        }),
        yield* createTask(async () => 2),
        yield* createTask(() => createTask(async () => 3)),
        yield* createTask(
          co(function* () {
            return 4;
          }),
        ),
      ];
      expect(results).toEqual([1, 2, 3, 4]);
    });
  });

  it("passes arguments on", async () => {
    await runVirtual(function* () {
      function* add(a: number, b: number) {
        return a + b;
      }
      expect(yield* createTask(add, 1, 2)).toBe(3);
    });
  });

  it("has the name of its function, or the one that run was given (test_bare_create_named_task, test_taskgroup_task_name)", async () => {
    await runVirtual(function* () {
      expect(createTask(function* fetchPage() {}).name).toBe("fetchPage");
    });
    expect(await run(async () => currentTask()?.name ?? "none", { name: "the main task" })).toBe(
      "the main task",
    );
  });

  it("refuses what is no function (test_create_task_with_noncoroutine, test_ensure_future_neither)", () => {
    expect(() => createTask(123 as never)).toThrow(InvalidArgumentError);
    expect(() => createTask(123 as never)).toThrow("got 123");
  });

  it("cannot wait for itself (test_task_awaits_on_itself)", async () => {
    await runVirtual(function* () {
      const task: Task<void> = createTask(function* narcissus() {
        yield* task;
      });
      expect(yield* failureOf(task)).toEqual(new InvalidStateError("task narcissus waits for itself"));
    });
  });

  it("cannot wait for a future of another loop (test_other_loop_future)", async () => {
    await runVirtual(function* () {
      const foreign = new Loop().createFuture<void>();
      const task = createTask(function* stranger() {
        yield* foreign;
      });
      expect(yield* failureOf(task)).toEqual(
        new InvalidStateError("task stranger waits for a future of another loop"),
      );
    });
  });

  it("has no result but its coroutine's (test_task_set_methods, test_set_result_causes_invalid_state, test_set_exception_causes_invalid_state)", async () => {
    await runVirtual(function* () {
      const task = createTask(function* () {
        return "ko";
      });
      expect(() => (task as Future<string>).setResult("ok")).toThrow(InvalidStateError);
      expect(() => (task as Future<string>).setException(new Error("no"))).toThrow(InvalidStateError);
      expect(yield* task).toBe("ko");
    });
  });

  it("must wait for what it would return (test_coroutine_non_gen_function_return_future)", async () => {
    await runVirtual(function* () {
      const task = createTask(function* careless() {
        return new Future<void>();
      });
      expect(yield* failureOf(task)).toEqual(expect.objectContaining({ name: "InvalidStateError" }));
    });
  });

  it("goes on with the result of the future it waited for (test_step_result_future)", async () => {
    await runVirtual(function* () {
      const future = new Future<object>();
      const result = {};
      const task = createTask(() => future);
      yield* allTasksBlocked();
      expect(task.waitsFor).toBe(future);
      future.setResult(result);
      expect(yield* task).toBe(result);
    });
  });

  it("keeps the stack of what it failed with (test_exception_traceback)", async () => {
    await runVirtual(function* () {
      const task = createTask(function* () {
        throw culprit();
      });
      yield* sleep(0);
      expect((task.exception() as Error).stack).toContain("culprit");
    });
    function culprit() {
      return new Error("here");
    }
  });

  it("is kept alive while it is pending, whoever holds it (test_log_destroyed_pending_task)", async () => {
    const collect = globalThis.gc;
    if (collect === undefined) throw new Error("the tests run with --expose-gc");
    await runVirtual(function* () {
      const abandoned = new WeakRef(createTask(() => new Future<void>()));
      for (let i = 0; i < 3; i++) {
        yield* until(new Promise((resolve) => setImmediate(resolve)), { io: true });
        collect();
      }
      expect(abandoned.deref()?.state).toBe("pending");
    });
  });

  it("is listed by its loop until it ends (test__register_task_1, test__unregister_task)", async () => {
    await runVirtual(function* main() {
      const task = createTask(function* child() {
        yield* sleep(1);
      });
      const names = () =>
        currentLoop()
          .tasks()
          .map(({ name }) => name);
      expect(names()).toEqual(["main", "child"]);
      yield* task;
      expect(names()).toEqual(["main"]);
    });
  });
});

describe("the current task", () => {
  it("is the one whose step runs, and none outside (test_current_task, test_current_task_no_running_loop)", async () => {
    expect(currentTask()).toBeNull();
    await runVirtual(function* () {
      const task: Task<void> = createTask(function* () {
        expect(currentTask()).toBe(task);
        yield* sleep(1);
        expect(currentTask()).toBe(task);
      });
      yield* task;
      currentLoop().callSoon(() => expect(currentTask()).toBeNull());
      yield* sleep(0);
    });
    expect(currentTask()).toBeNull();
  });

  it("follows tasks that take turns (test_current_task_with_interleaving_tasks)", async () => {
    await runVirtual(function* () {
      const [first, second] = [new Future<void>(), new Future<void>()];
      const seen: unknown[] = [];
      const a: Task<void> = createTask(function* () {
        seen.push(currentTask() === a);
        yield* first;
        seen.push(currentTask() === a);
        second.setResult();
      });
      const b: Task<void> = createTask(function* () {
        seen.push(currentTask() === b);
        first.setResult();
        yield* second;
        seen.push(currentTask() === b);
      });
      yield* a;
      yield* b;
      expect(seen).toEqual([true, true, true, true]);
    });
  });
});

/** What a task failed with. */
function* failureOf(task: Task<unknown>) {
  try {
    yield* task;
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    return error;
  }
  throw new Error(`expected ${task.name} to fail`);
}
