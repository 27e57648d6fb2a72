import {
  type CancelledError,
  checkpoint,
  createTask,
  currentLoop,
  currentTask,
  Future,
  InvalidArgumentError,
  run,
  sleep,
  type Task,
} from "@overlap/loop";
import { runVirtual } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

describe("run", () => {
  it("gives what the main task returns (test_asyncio_run_return, test_run)", async () => {
    const result = await run(function* () {
      yield* sleep(0);
      return 42;
    });
    expect(result).toBe(42);
  });

  it("throws what the main task throws (test_asyncio_run_raises)", async () => {
    const failing = run(function* () {
      yield* sleep(0);
      throw new RangeError("spam");
    });
    await expect(failing).rejects.toThrow(new RangeError("spam"));
  });

  it("takes an async function and a function that gives something to wait for (test_run_awaitable, test_run_future)", async () => {
    expect(await run(async () => "async")).toBe("async");
    expect(await run(() => createTask(async () => "task"))).toBe("task");
  });

  it("refuses anything else (test_asyncio_run_only_coro, test_run_non_coro)", async () => {
    await expect(run(123 as never)).rejects.toThrow(InvalidArgumentError);
    await expect(run(123 as never)).rejects.toThrow("got 123");
  });

  it("cancels the tasks that the main task left behind, and waits for them (test_asyncio_run_cancels_hanging_tasks)", async () => {
    const left: Task<void>[] = [];
    const result = await runVirtual(() =>
      run(function* () {
        left.push(createTask(() => sleep(100)));
        return 123;
      }),
    );
    expect([result, left[0]?.state]).toEqual([123, "cancelled"]);
  });

  it("cancels also the tasks that those make while they end", async () => {
    const left: Task<unknown>[] = [];
    await runVirtual(() =>
      run(function* () {
        left.push(
          createTask(function* () {
            try {
              yield* sleep(100);
            } finally {
              left.push(createTask(() => sleep(1_000)));
            }
          }),
        );
        yield* checkpoint();
      }),
    );
    expect(left.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
  });

  it("reports what a task that was left behind throws while it ends (test_asyncio_run_reports_hanging_tasks_errors)", async () => {
    const reports: unknown[] = [];
    await runVirtual(function* () {
      currentLoop().setExceptionHandler((failure) => reports.push(failure));
      createTask(function* leftover() {
        try {
          yield* sleep(100);
        } catch {
          throw new Error("while it ends");
        }
      });
      yield* checkpoint();
    });
    expect(reports).toEqual([
      { message: "task leftover failed and nobody looked at it", error: new Error("while it ends") },
    ]);
  });

  it("closes the generators of tasks that were left behind (test_asyncio_run_closes_gens_after_hanging_tasks_errors)", async () => {
    const path: string[] = [];
    await runVirtual(function* () {
      createTask(function* () {
        try {
          for (;;) yield* sleep(1);
        } finally {
          path.push("closed");
        }
      });
      yield* sleep(5);
    });
    expect(path).toEqual(["closed"]);
  });

  it("can be called several times and inside itself, on one loop (test_recursive_run, test_asyncio_run_from_running_loop)", async () => {
    const [outer, inner] = await run(async () => {
      const loop = currentLoop();
      return [loop, await run(async () => currentLoop())];
    });
    expect(inner).toBe(outer);
    const sums = await Promise.all([run(async () => 1), run(async () => 2)]);
    expect(sums).toEqual([1, 2]);
  });

  it("leaves the tasks of another run alone", async () => {
    await runVirtual(async () => {
      const slow = run(() => createTask(() => sleep(100)));
      await run(async () => "quick");
      expect(currentLoop().tasks().length).toBeGreaterThan(1);
      await slow;
      expect(currentLoop().now()).toBe(100);
    });
  });

  it("leaves nothing of 100,000 tasks that have ended", async () => {
    const collect = globalThis.gc;
    if (collect === undefined) throw new Error("the tests run with --expose-gc");
    function* quick() {
      yield* checkpoint();
    }
    const heaps: number[] = [];
    for (let round = 0; round < 3; round++) {
      await run(function* () {
        for (let i = 0; i < 100_000; i++) createTask(quick);
        while (currentLoop().tasks().length > 1) yield* checkpoint();
      });
      collect();
      heaps.push(process.memoryUsage().heapUsed);
    }
    const [, second, third] = heaps as [number, number, number];
    expect((third - second) / 100_000).toBeLessThan(4);
  });

  it("does not look into the result (test_no_repr_is_call_on_the_task_result)", async () => {
    let looked = 0;
    const result = await run(async () => ({
      toString() {
        looked++;
        return "";
      },
    }));
    expect([typeof result, looked]).toEqual(["object", 0]);
  });
});

describe("the signal of run", () => {
  it("cancels the main task, wherever it waits (test_interrupt_call_soon, test_interrupt_wait)", async () => {
    const controller = new AbortController();
    const path: string[] = [];
    const waiting = run(
      function* () {
        try {
          yield* new Future<void>();
        } catch (error) {
          path.push((error as CancelledError).name);
          throw error;
        }
      },
      { signal: controller.signal },
    );
    const spinning = run(
      function* () {
        for (;;) yield* checkpoint();
      },
      { signal: controller.signal },
    );
    setImmediate(() => controller.abort("enough"));
    await expect(waiting).rejects.toBe("enough");
    await expect(spinning).rejects.toBe("enough");
    expect(path).toEqual(["CancelledError"]);
  });

  it("gives its reason to the task and to the signal of an async function", async () => {
    const controller = new AbortController();
    const seen: unknown[] = [];
    const running = run(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            seen.push(signal.reason);
            reject(signal.reason as Error);
          });
        }),
      { signal: controller.signal },
    );
    setImmediate(() => controller.abort("enough"));
    await expect(running).rejects.toBe("enough");
    expect(seen).toEqual([expect.objectContaining({ name: "CancelledError", reason: "enough" })]);
  });

  it("that has fired already means that nothing begins", async () => {
    let began = false;
    const signal = AbortSignal.abort("too late");
    const refused = run(
      async () => {
        began = true;
      },
      { signal },
    );
    await expect(refused).rejects.toBe("too late");
    expect(began).toBe(false);
  });

  it("counts for nothing when the main task was cancelled by somebody else (test_interrupt_cancelled_task)", async () => {
    const controller = new AbortController();
    const cancelled = run(
      function* () {
        currentTask()?.cancel("by itself");
        yield* sleep(10);
      },
      { signal: controller.signal },
    );
    await expect(cancelled).rejects.toMatchObject({ name: "CancelledError", reason: "by itself" });
  });

  it("is let go of when the run has ended", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    await run(async () => {}, { signal });
    expect(listeners).toBe(0);
  });
});
