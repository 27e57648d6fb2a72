import {
  CancelledError,
  createTask,
  currentTask,
  sleep,
  type Task,
  TimeoutError,
  timeout,
} from "@overlap/loop";
import { runVirtual } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import { caught } from "./caught.ts";

function ownSignal(): AbortSignal {
  return (currentTask() as Task<unknown>).signal;
}

describe("the signal of a task", () => {
  it("fires when the task is cancelled, with the reason, and is the same until then", async () => {
    await runVirtual(function* () {
      let signal: AbortSignal | undefined;
      const task = createTask(function* () {
        signal = ownSignal();
        expect(ownSignal()).toBe(signal);
        yield* sleep(60_000);
      });
      yield* sleep(1);
      expect(signal?.aborted).toBe(false);
      task.cancel("enough");
      expect(signal?.reason).toEqual(new CancelledError("enough"));
      yield* caught(task);
      expect(task.signal.aborted).toBe(true);
    });
  });

  it("is fresh for a cleanup, which a second cancel interrupts", async () => {
    await runVirtual(function* () {
      const seen: boolean[] = [];
      const task = createTask(function* () {
        try {
          yield* sleep(60_000);
        } finally {
          const signal = ownSignal();
          seen.push(signal.aborted);
          try {
            yield* sleep(60_000);
          } finally {
            seen.push(signal.aborted);
          }
        }
      });
      yield* sleep(1);
      task.cancel();
      yield* sleep(1);
      task.cancel();
      yield* caught(task);
      expect(seen).toEqual([false, true]);
    });
  });

  it("has fired when a cancel is on its way that no wait has delivered yet", async () => {
    await runVirtual(function* () {
      const task = createTask(function* () {
        (currentTask() as Task<unknown>).cancel("myself");
        expect(ownSignal().reason).toEqual(new CancelledError("myself"));
        yield* sleep(1);
      });
      yield* caught(task);
      expect(task.state).toBe("cancelled");
    });
  });

  it("fires for a timeout, and the task that goes on gets a fresh one", async () => {
    await runVirtual(function* () {
      const before = ownSignal();
      expect(yield* caught(timeout(10, sleep(60_000)))).toBeInstanceOf(TimeoutError);
      expect([before.aborted, ownSignal().aborted]).toEqual([true, false]);
    });
  });

  it("never fires for a task that ended well", async () => {
    await runVirtual(function* () {
      const task = createTask(function* () {
        return ownSignal();
      });
      const signal = yield* task;
      expect([task.cancel(), signal.aborted, task.signal.aborted]).toEqual([false, false, false]);
    });
  });
});
