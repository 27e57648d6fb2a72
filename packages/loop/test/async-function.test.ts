import {
  type CancelledError,
  createTask,
  currentLoop,
  Future,
  run,
  sleep,
  taskGroup,
  timeout,
  until,
  untilSettled,
  wait,
} from "@overlap/loop";
import { allTasksBlocked, runVirtual } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import { caught } from "./caught.ts";

/** Resolves when the signal fires. */
function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}

describe("an async function as a task", () => {
  it("gives its result, or what it throws", async () => {
    await runVirtual(function* () {
      const add = async (a: number, b: number) => a + b;
      expect(yield* createTask(add, 1, 2)).toBe(3);
      const failing = createTask(async () => {
        throw new RangeError("no");
      });
      expect(yield* caught(failing)).toEqual(new RangeError("no"));
    });
  });

  it("gets a signal, when it declares one parameter more, that fires when it is cancelled", async () => {
    await runVirtual(function* () {
      const seen: unknown[] = [];
      const task = createTask(async (name: string, signal: AbortSignal) => {
        await fired(signal);
        seen.push(name, signal.reason);
        throw signal.reason;
      }, "page");
      yield* allTasksBlocked();
      task.cancel("not needed");
      expect(yield* caught(task)).toMatchObject({ name: "CancelledError", reason: "not needed" });
      expect([task.state, ...seen]).toEqual([
        "cancelled",
        "page",
        expect.objectContaining({ reason: "not needed" }),
      ]);
    });
  });

  it("is waited for until it has really ended", async () => {
    await runVirtual(function* () {
      const task = createTask(async (signal) => {
        await fired(signal);
        await sleep(50);
        throw new DOMException("aborted", "AbortError");
      });
      yield* allTasksBlocked();
      task.cancel();
      yield* wait([task]);
      expect([task.state, currentLoop().now()]).toEqual(["cancelled", 50]);
    });
  });

  it("may end with a value, or an error of its own, in spite of the cancel", async () => {
    await runVirtual(function* () {
      const stubborn = createTask(async (signal) => {
        await fired(signal);
        return "finished";
      });
      const failing = createTask(async (signal) => {
        await fired(signal);
        throw new RangeError("while it ended");
      });
      yield* allTasksBlocked();
      stubborn.cancel();
      failing.cancel();
      yield* wait([stubborn, failing]);
      expect([stubborn.result(), failing.exception()]).toEqual([
        "finished",
        new RangeError("while it ended"),
      ]);
    });
  });

  it("that was cancelled before it began is never called", async () => {
    await runVirtual(function* () {
      let called = false;
      const task = createTask(async () => {
        called = true;
      });
      task.cancel();
      yield* wait([task]);
      expect([task.state, called]).toEqual(["cancelled", false]);
    });
  });

  it("can be timed out, and be a task of a group", async () => {
    await runVirtual(function* () {
      const seen: string[] = [];
      const job = async (name: string, signal: AbortSignal) => {
        await fired(signal);
        seen.push(name);
        throw signal.reason;
      };
      const timed = yield* caught(timeout(10, createTask(job, "timed")));
      const grouped = yield* caught(
        taskGroup(function* (group) {
          group.spawn(job, "grouped");
          yield* sleep(1);
          throw new Error("the body");
        }),
      );
      expect([(timed as Error).name, (grouped as Error).name, ...seen]).toEqual([
        "TimeoutError",
        "AggregateError",
        "timed",
        "grouped",
      ]);
    });
  });

  it("can be the main task, and everything of this package can be awaited in it", async () => {
    const result = await run(async () => {
      const future = new Future<string>();
      currentLoop().callSoon(() => future.setResult("future"));
      return [await future, await createTask(async () => "task"), await timeout(1_000, sleep(0))];
    });
    expect(result).toEqual(["future", "task", undefined]);
  });
});

describe("until", () => {
  it("gives what the promise brings, or throws it", async () => {
    await runVirtual(function* () {
      expect(yield* until(Promise.resolve(5))).toBe(5);
      expect(yield* until(5)).toBe(5);
      expect(yield* caught(until(Promise.reject(new RangeError("no"))))).toEqual(new RangeError("no"));
    });
  });

  it("ignores what comes after its wait was cancelled (test_set_result_unless_cancelled)", async () => {
    await runVirtual(function* () {
      const { promise, resolve } = Promise.withResolvers<number>();
      const { promise: failing, reject } = Promise.withResolvers<number>();
      const futures = [until(promise), until(failing)];
      for (const future of futures) future.cancel();
      resolve(1);
      reject(new Error("too late"));
      yield* allTasksBlocked();
      expect(futures.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
    });
  });

  it("takes any thenable, however it behaves", async () => {
    await runVirtual(function* () {
      // biome-ignore lint/suspicious/noThenProperty: thenables are what is tested
      const twice = { then: (resolve: (value: number) => void) => [resolve(1), resolve(2)] } as never;
      const nested = Promise.resolve(5);
      // biome-ignore lint/suspicious/noThenProperty: thenables are what is tested
      const nesting = { then: (resolve: (value: unknown) => void) => resolve(nested) } as never;
      const throwing = {
        // biome-ignore lint/suspicious/noThenProperty: thenables are what is tested
        then() {
          throw new Error("in then");
        },
      } as never;
      expect([yield* until(twice), yield* until(nesting)]).toEqual([1, 5]);
      expect(yield* caught(until(throwing))).toEqual(new Error("in then"));
    });
  });
});

describe("untilSettled", () => {
  it("tells the work once, and waits however often it is cancelled", async () => {
    await runVirtual(function* () {
      const { promise, resolve } = Promise.withResolvers<string>();
      const told: CancelledError[] = [];
      const task = createTask(() => untilSettled(promise, (cancel) => told.push(cancel)));
      yield* allTasksBlocked();
      task.cancel("first");
      yield* allTasksBlocked();
      task.cancel("second");
      yield* allTasksBlocked();
      expect([task.state, told.map(({ reason }) => reason)]).toEqual(["pending", ["first"]]);
      resolve("done");
      expect(yield* task).toBe("done");
    });
  });
});
