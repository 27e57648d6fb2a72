import { createTask, Event, OpenTaskGroup, sleep, type Task } from "@overlap/loop";
import { describe, expect, it } from "vitest";

describe("an open task group", () => {
  it("ends its block when all its tasks have ended", async () => {
    const order: string[] = [];
    {
      await using group = new OpenTaskGroup();
      group.spawn(async () => {
        await sleep(1);
        order.push("async");
      });
      group.spawn(function* () {
        yield* sleep(2);
        order.push("coroutine");
      });
      order.push("block");
    }
    expect(order).toEqual(["block", "async", "coroutine"]);
  });

  it("cancels the others when a task fails, fires its signal, and throws every failure", async () => {
    const never = new Event();
    const boom = new Error("boom");
    let slow: Task<void> | undefined;
    let reason: unknown;
    const block = async () => {
      await using group = new OpenTaskGroup();
      group.signal.addEventListener("abort", () => {
        reason = group.signal.reason;
      });
      slow = group.spawn(function* () {
        yield* never.wait();
      });
      group.spawn(function* () {
        yield* sleep(1);
        throw boom;
      });
    };
    const failure = await block().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AggregateError);
    expect((failure as AggregateError).errors).toEqual([boom]);
    expect(slow?.state).toBe("cancelled");
    expect(reason).toBe(boom);
  });

  it("takes no tasks once it has ended or failed", async () => {
    const group = new OpenTaskGroup();
    const failed = group.spawn(async () => {
      throw new Error("first");
    });
    await failed.then(undefined, () => {});
    expect(() => group.spawn(sleep, 1)).toThrow("is being cancelled");
    await expect(group[Symbol.asyncDispose]()).rejects.toThrow("first");
    expect(() => group.spawn(sleep, 1)).toThrow("has ended");
  });

  it("ends normally when its block cancels it", async () => {
    const ended = createTask(async () => {
      await using group = new OpenTaskGroup();
      group.spawn(sleep, 60_000);
      group.cancel("not needed");
      return "done";
    });
    expect(await ended).toBe("done");
  });
});
