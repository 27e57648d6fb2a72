import { describe, expect, it } from "vitest";
import {
  CancelledError,
  checkpoint,
  createTask,
  currentTask,
  Future,
  type Permit,
  Semaphore,
} from "../src/index.ts";

describe("a cancel that comes after the wait was granted", () => {
  it("leaves the granted value to a task that ends with it", async () => {
    const semaphore = new Semaphore(0);
    const task = createTask(() => semaphore.acquire());
    await checkpoint();
    semaphore.release();
    task.cancel();
    const permit: Permit = await task;
    permit.release();
    expect(semaphore.free).toBe(1);
  });

  it("strikes at the next wait of a task that goes on", async () => {
    const semaphore = new Semaphore(0);
    const seen: string[] = [];
    const task = createTask(function* () {
      using _permit = yield* semaphore.acquire();
      seen.push("granted");
      yield* checkpoint();
      seen.push("not reached");
    });
    await checkpoint();
    semaphore.release();
    task.cancel("too late for this wait");
    await expect(task).rejects.toMatchObject({ reason: "too late for this wait" });
    expect(seen).toEqual(["granted"]);
    expect(semaphore.free).toBe(1);
  });

  it("is forgotten when the task takes it back before it ends", async () => {
    const semaphore = new Semaphore(0);
    const task = createTask(function* () {
      using _permit = yield* semaphore.acquire();
      currentTask()?.uncancel();
      return "done";
    });
    await checkpoint();
    semaphore.release();
    task.cancel();
    expect(await task).toBe("done");
  });

  it("ends a task that cancels itself in its last step (test_cancel_at_end)", async () => {
    const task = createTask(function* () {
      yield* checkpoint();
      currentTask()?.cancel();
      return 12;
    });
    await expect(task).rejects.toThrow(CancelledError);
    expect(task.cancelled).toBe(true);
  });
});

describe("a cancel that was passed on to the task that is waited for", () => {
  it("strikes at the next wait when that task ended with a value in spite of it", async () => {
    const semaphore = new Semaphore(0);
    const child = createTask(() => semaphore.acquire());
    const seen: string[] = [];
    const parent = createTask(function* () {
      using _permit = yield* child;
      seen.push("granted");
      yield* checkpoint();
      seen.push("not reached");
    });
    await checkpoint();
    semaphore.release();
    parent.cancel("stop");
    await expect(parent).rejects.toMatchObject({ reason: "stop" });
    expect(seen).toEqual(["granted"]);
    expect(semaphore.free).toBe(1);
  });

  it("strikes at the next wait when that task failed in spite of it", async () => {
    const gate = new Future<void>();
    const child = createTask(function* () {
      yield* gate;
      throw new Error("its own failure");
    });
    const seen: unknown[] = [];
    const parent = createTask(function* () {
      try {
        yield* child;
      } catch (error) {
        seen.push((error as Error).message);
      }
      yield* checkpoint();
      seen.push("not reached");
    });
    await checkpoint();
    gate.setResult();
    parent.cancel("stop");
    await expect(parent).rejects.toMatchObject({ reason: "stop" });
    expect(seen).toEqual(["its own failure"]);
  });

  it("strikes once when that task passes it on", async () => {
    const child = createTask(() => new Future<void>());
    const seen: unknown[] = [];
    const parent = createTask(function* () {
      try {
        yield* child;
      } catch (error) {
        seen.push(error instanceof CancelledError);
      }
      yield* checkpoint();
      return "went on";
    });
    await checkpoint();
    parent.cancel();
    expect(await parent).toBe("went on");
    expect(seen).toEqual([true]);
  });

  it("strikes at the next wait too when the cancel came before that task was waited for", async () => {
    const child = createTask(function* () {
      try {
        yield* new Future<void>();
      } catch {
        // ignores the cancel on purpose
      }
      return "fallback";
    });
    const seen: unknown[] = [];
    const parent = createTask(function* () {
      currentTask()?.cancel("stop");
      seen.push(yield* child);
      yield* checkpoint();
      seen.push("not reached");
    });
    await expect(parent).rejects.toMatchObject({ reason: "stop" });
    expect(seen).toEqual(["fallback"]);
  });
});
