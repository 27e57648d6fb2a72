import { createTask, sleep, taskGroup } from "@overlap/loop";
import { runVirtualSync } from "@overlap/loop/testing";
import type { Limiter } from "@overlap/policy";
import { expect, test } from "vitest";
import { failureOf } from "./failure-of.ts";

/** What every limiter must do as long as its limit stays at 2. */
export function describeLimiter(create: () => Limiter): void {
  test("lets as many in as its limit says, and the next when one leaves", () => {
    runVirtualSync(function* () {
      const limiter = create();
      let [inside, most] = [0, 0];
      yield* taskGroup(function* (group) {
        for (let i = 0; i < 10; i++) {
          group.spawn(function* () {
            using _slot = yield* limiter.acquire();
            most = Math.max(most, ++inside);
            expect(limiter.inFlight).toBe(inside);
            yield* sleep(1 + (i % 3));
            inside--;
          });
        }
      });
      expect([most, limiter.inFlight, limiter.idle]).toEqual([2, 0, true]);
    });
  });

  test("counts a slot that is given back twice once", () => {
    const limiter = create();
    const [first, second] = [limiter.tryAcquire(), limiter.tryAcquire()];
    expect(limiter.tryAcquire()).toBe(null);
    first?.release("ok");
    first?.release("error");
    expect(limiter.inFlight).toBe(1);
    second?.release();
    expect(limiter.idle).toBe(true);
  });

  test("loses no slot when waits are cancelled at any moment", () => {
    for (let seed = 0; seed < 50; seed++) {
      runVirtualSync(
        function* () {
          const limiter = create();
          const tasks = Array.from({ length: 8 }, (_, i) =>
            createTask(function* () {
              using _slot = yield* limiter.acquire();
              yield* sleep(i);
            }),
          );
          yield* sleep(2);
          for (const task of tasks.slice(3, 6)) task.cancel();
          for (const task of tasks.slice(3, 6)) yield* failureOf(task);
          yield* sleep(100);
          expect([limiter.inFlight, limiter.idle]).toEqual([0, true]);
        },
        { seed },
      );
    }
  });

  test("does not let a newcomer pass those who wait", () => {
    runVirtualSync(function* () {
      const limiter = create();
      const slots = [limiter.tryAcquire(), limiter.tryAcquire()];
      const waiting = createTask(() => limiter.acquire());
      yield* sleep(1);
      slots[0]?.release();
      expect(limiter.tryAcquire()).toBe(null);
      (yield* waiting).release();
      slots[1]?.release();
    });
  });

  test("tells of room that nobody waits for, until nobody listens", () => {
    runVirtualSync(function* () {
      const limiter = create();
      let told = 0;
      const stop = limiter.onRoom(() => told++);
      const slots = [limiter.tryAcquire(), limiter.tryAcquire()];
      const waiting = createTask(() => limiter.acquire());
      yield* sleep(1);
      slots[0]?.release("ok");
      expect(told).toBe(0);
      slots[1]?.release("overload");
      expect(told).toBe(1);
      stop();
      (yield* waiting).release();
      expect(told).toBe(1);
    });
  });
}
