import { readFile } from "node:fs/promises";
import {
  CancelledError,
  checkpoint,
  createTask,
  currentLoop,
  DeadlockError,
  Future,
  InvalidArgumentError,
  InvalidStateError,
  run,
  Semaphore,
  sleep,
  type TaskGroup,
  taskGroup,
  until,
} from "@overlap/loop";
import { allTasksBlocked, runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it, vi } from "vitest";

describe("runVirtual", () => {
  it("jumps over the time in which nobody has anything to do", async () => {
    const times = await runVirtual(function* () {
      const before = currentLoop().now();
      yield* sleep(3_600_000);
      return [before, currentLoop().now()];
    });
    expect(times).toEqual([0, 3_600_000]);
  });

  it("lets native promises settle before it jumps, however many turns they take", async () => {
    const order: string[] = [];
    await runVirtual(function* () {
      const chain = createTask(async () => {
        for (let i = 0; i < 100; i++) await Promise.resolve();
        order.push(`promises at ${currentLoop().now()}`);
      });
      yield* sleep(1);
      order.push(`sleep at ${currentLoop().now()}`);
      yield* chain;
    });
    expect(order).toEqual(["promises at 0", "sleep at 1"]);
  });

  it("lets async functions sleep in virtual time", async () => {
    const end = await runVirtual(async () => {
      await sleep(50);
      await Promise.all([sleep(100), sleep(200)]);
      return currentLoop().now();
    });
    expect(end).toBe(250);
  });

  it("is the thread's one loop while it lasts, and gives it back", async () => {
    const outside = currentLoop();
    const inside = await runVirtual(async () => {
      await Promise.resolve();
      return currentLoop();
    });
    expect(inside).not.toBe(outside);
    expect(currentLoop()).toBe(outside);
  });

  it("refuses to start inside a step of a loop, and beside another virtual run (test_running_loop_within_a_loop)", async () => {
    const nested = await run(function* () {
      return yield* until(runVirtual(function* () {}).catch((error: unknown) => error));
    });
    expect(nested).toBeInstanceOf(InvalidStateError);
    const first = runVirtual(() => sleep(1));
    await expect(runVirtual(() => sleep(1))).rejects.toThrow("a virtual run is under way");
    await first;
  });

  it("stands still while announced I/O is under way", async () => {
    const [text, now] = await runVirtual(function* () {
      const timer = createTask(function* () {
        yield* sleep(10_000);
      });
      const content = yield* until(readFile(new URL(import.meta.url), "utf8"), { io: true });
      const at = currentLoop().now();
      timer.cancel();
      return [content, at] as const;
    });
    expect(text).toContain("stands still");
    expect(now).toBe(0);
  });

  it("goes on when announced I/O ends and wakes nobody", async () => {
    const end = await runVirtual(function* () {
      const loop = currentLoop();
      loop.beginIo();
      setImmediate(() => loop.endIo());
      yield* sleep(10);
      return loop.now();
    });
    expect(end).toBe(10);
  });

  it("rejects with signal.reason when the signal fires", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const outcome = runVirtual(
      function* () {
        createTask(function* () {
          yield* sleep(5);
          controller.abort(reason);
        });
        yield* sleep(100);
      },
      { signal: controller.signal },
    );
    await expect(outcome).rejects.toBe(reason);
  });

  it("checks the seed", async () => {
    await expect(runVirtual(function* () {}, { seed: 0.5 })).rejects.toThrow(InvalidArgumentError);
  });

  it("cancels what main left behind and waits for its clean-up", async () => {
    const order: string[] = [];
    await runVirtual(function* () {
      createTask(function* () {
        try {
          yield* sleep(1_000);
        } finally {
          yield* sleep(10);
          order.push(`cleaned up at ${currentLoop().now()}`);
        }
      });
      yield* sleep(5);
      order.push("main ends");
    });
    expect(order).toEqual(["main ends", "cleaned up at 15"]);
  });

  it("reports, when it ends, failures that nobody looked at", async () => {
    const failures: unknown[] = [];
    await runVirtual(function* () {
      currentLoop().setExceptionHandler((failure) => failures.push(failure.error));
      createTask(function* () {
        throw new Error("unseen");
      });
      yield* sleep(1);
    });
    expect(failures).toEqual([new Error("unseen")]);
  });
});

describe("a deadlock", () => {
  function* stuckInGroup(group: TaskGroup) {
    const limit = new Semaphore(0);
    group.spawn(function* taker() {
      yield* limit.acquire();
    });
    yield* group.spawn(function* listener() {
      yield* new Future<void>();
    });
  }

  it("names every task and what it waits for", async () => {
    const outcome = runVirtual(function* main() {
      yield* taskGroup(stuckInGroup);
    });
    await expect(outcome).rejects.toThrow(DeadlockError);
    await expect(outcome).rejects.toThrow(
      [
        "these tasks wait:",
        "main: waits for task listener",
        "  taker: waits for a permit",
        "  listener: waits for a future",
      ].join("\n"),
    );
  });

  it("cancels the tasks first, so that they clean up", async () => {
    const cleanUp = vi.fn();
    const outcome = runVirtual(function* () {
      try {
        yield* new Future<void>();
      } finally {
        yield* sleep(10);
        cleanUp(currentLoop().now());
      }
    });
    await expect(outcome).rejects.toThrow(DeadlockError);
    expect(cleanUp).toHaveBeenCalledExactlyOnceWith(10);
  });

  it("is thrown even when main swallows the cancel, or is stuck in its clean-up", async () => {
    function* swallow() {
      try {
        yield* new Future<void>();
      } catch {
        return "as if nothing had happened";
      }
    }
    function* stuckTwice() {
      try {
        yield* new Future<void>();
      } finally {
        yield* new Future<void>();
      }
    }
    await expect(runVirtual(swallow)).rejects.toThrow(DeadlockError);
    await expect(runVirtual(stuckTwice)).rejects.toThrow(DeadlockError);
    await expect(runVirtual(() => new Promise<void>(() => {}))).rejects.toThrow(DeadlockError);
    expect(() => runVirtualSync(swallow)).toThrow(DeadlockError);
    expect(() => runVirtualSync(stuckTwice)).toThrow(DeadlockError);
  });

  it("does not count timers that were cancelled", async () => {
    await expect(
      runVirtual(function* () {
        const timer = currentLoop().callLater(1_000, () => {});
        timer.cancel();
        yield* new Future<void>();
      }),
    ).rejects.toThrow(DeadlockError);
  });
});

describe("allTasksBlocked", () => {
  it("comes before time moves on, and after everybody else has run as far as possible", async () => {
    const order: string[] = [];
    await runVirtual(function* () {
      createTask(function* () {
        for (let i = 0; i < 20; i++) yield* checkpoint();
        order.push("checkpoints");
        yield* sleep(1);
        order.push("sleep");
      });
      createTask(async () => {
        for (let i = 0; i < 20; i++) await Promise.resolve();
        order.push("promises");
      });
      yield* allTasksBlocked();
      order.push(`blocked at ${currentLoop().now()}`);
      yield* sleep(2);
    });
    expect(order.sort()).toEqual(["blocked at 0", "checkpoints", "promises", "sleep"]);
  });

  it("does not wait for I/O that is under way", async () => {
    const at = await runVirtual(function* () {
      currentLoop().beginIo();
      yield* allTasksBlocked();
      currentLoop().endIo();
      yield* sleep(5);
      return currentLoop().now();
    });
    expect(at).toBe(5);
  });

  it("is refused outside a virtual run", () => {
    expect(() => allTasksBlocked()).toThrow(InvalidStateError);
  });
});

describe("runVirtualSync", () => {
  it("returns the result of a coroutine that slept, at once", () => {
    const end = runVirtualSync(function* () {
      const both = [createTask(() => sleep(100)), createTask(() => sleep(300))];
      for (const task of both) yield* task;
      return currentLoop().now();
    });
    expect(end).toBe(300);
  });

  it("throws what main threw and what cancelled it", () => {
    expect(() =>
      runVirtualSync(function* () {
        yield* sleep(1);
        throw new RangeError("no");
      }),
    ).toThrow(RangeError);
    expect(() =>
      runVirtualSync(function* () {
        createTask(function* (task: { cancel(reason: unknown): boolean }) {
          task.cancel("stop");
        }, currentLoop().current as never);
        yield* sleep(1);
      }),
    ).toThrow(CancelledError);
  });

  it("cancels what main left behind and drains it", () => {
    const order: string[] = [];
    runVirtualSync(function* () {
      createTask(function* () {
        try {
          yield* sleep(1_000);
        } finally {
          yield* sleep(10);
          order.push(`cleaned up at ${currentLoop().now()}`);
        }
      });
      yield* sleep(5);
    });
    expect(order).toEqual(["cleaned up at 15"]);
  });

  it("names who waits when a native promise can never settle", () => {
    expect(() =>
      runVirtualSync(function* main() {
        yield* until(Promise.resolve());
      }),
    ).toThrow("main: waits for a future");
  });
});
