import { checkpoint, createTask, currentLoop, InvalidArgumentError, sleep } from "@overlap/loop";
import { runVirtual, runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

describe("sleep", () => {
  it("is done after its time, never earlier (test_sleep)", () => {
    const end = runVirtualSync(function* () {
      yield* sleep(50);
      yield* sleep(50);
      return currentLoop().now();
    });
    expect(end).toBe(100);
  });

  it("of zero takes exactly one turn: what was ready before has run, once (test_sleep_zero)", () => {
    runVirtualSync(function* () {
      let calls = 0;
      currentLoop().callSoon(() => {
        calls++;
        currentLoop().callSoon(() => calls++);
      });
      expect(calls).toBe(0);
      yield* sleep(0);
      expect(calls).toBe(1);
      yield* checkpoint();
      expect(calls).toBe(2);
    });
  });

  it("of zero, awaited, lets others run too", async () => {
    await runVirtual(async () => {
      const order: string[] = [];
      currentLoop().callSoon(() => order.push("ready before"));
      await sleep(0);
      order.push("awaited");
      expect(order).toEqual(["ready before", "awaited"]);
    });
  });

  it.each([Number.NaN, -1, "5", undefined])(
    "refuses %s milliseconds (test_sleep_when_delay_is_nan)",
    (delayMs) => {
      expect(() => sleep(delayMs as number)).toThrow(InvalidArgumentError);
      expect(() => sleep(delayMs as number)).toThrow("expected milliseconds of at least 0 for delayMs");
    },
  );

  it("wakes those with the same deadline in the order in which they went to sleep", () => {
    runVirtualSync(function* () {
      const order: string[] = [];
      function* sleeper(name: string, delaysMs: readonly number[]) {
        for (const delayMs of delaysMs) yield* sleep(delayMs);
        order.push(name);
      }
      const tasks = [
        createTask(sleeper, "a", [10, 10]),
        createTask(sleeper, "b", [20]),
        createTask(sleeper, "c", [5, 15]),
      ];
      for (const task of tasks) yield* task;
      expect(order).toEqual(["b", "c", "a"]);
    });
  });

  it("for ever does not wake up", () => {
    runVirtualSync(function* () {
      const task = createTask(() => sleep(Number.POSITIVE_INFINITY));
      yield* sleep(1e12);
      expect(task.done).toBe(false);
    });
  });
});
