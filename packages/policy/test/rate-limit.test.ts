import { createTask, currentLoop, sleep, taskGroup } from "@overlap/loop";
import { runVirtualSync } from "@overlap/loop/testing";
import { RateLimit, TokenBucket } from "@overlap/policy";
import { expect, test } from "vitest";
import { failureOf } from "./failure-of.ts";

test("spaces what it lets through evenly", () => {
  const times: number[] = [];
  runVirtualSync(function* () {
    const rate = new RateLimit({ perSecond: 10 });
    for (let i = 0; i < 5; i++) {
      yield* rate.acquire();
      times.push(currentLoop().now());
    }
  });
  expect(times.map(Math.round)).toEqual([0, 100, 200, 300, 400]);
});

test("lets a burst through at once, and the rate after it", () => {
  const times: number[] = [];
  runVirtualSync(function* () {
    const rate = new RateLimit({ perSecond: 10, burst: 3 });
    for (let i = 0; i < 5; i++) {
      yield* rate.acquire();
      times.push(currentLoop().now());
    }
    yield* sleep(10_000);
    for (let i = 0; i < 4; i++) {
      yield* rate.acquire();
      times.push(currentLoop().now() - 10_200);
    }
  });
  expect(times.map(Math.round)).toEqual([0, 0, 0, 100, 200, 0, 0, 0, 100]);
});

test("serves those who wait in the order they came, whatever the seed", () => {
  for (let seed = 0; seed < 20; seed++) {
    const order: number[] = [];
    runVirtualSync(
      function* () {
        const rate = new RateLimit({ perSecond: 100 });
        yield* taskGroup(function* (group) {
          for (let i = 0; i < 5; i++) {
            group.spawn(function* () {
              yield* rate.acquire();
              order.push(i);
            });
            yield* sleep(1);
          }
        });
      },
      { seed },
    );
    expect(order).toEqual([0, 1, 2, 3, 4]);
  }
});

test("gives the turn of a wait that was cancelled to the next", () => {
  const times: number[] = [];
  runVirtualSync(function* () {
    const rate = new RateLimit({ perSecond: 10 });
    const wait = function* () {
      yield* rate.acquire();
      times.push(currentLoop().now());
    };
    yield* rate.acquire();
    const [second, third, fourth] = [createTask(wait), createTask(wait), createTask(wait)];
    yield* sleep(50);
    second.cancel();
    third.cancel();
    yield* fourth;
    yield* failureOf(second);
    yield* failureOf(third);
    expect([rate.idle, rate.tryAcquire()]).toEqual([false, false]);
    yield* sleep(100);
    expect([rate.idle, rate.tryAcquire(), rate.tryAcquire()]).toEqual([true, true, false]);
  });
  expect(times.map(Math.round)).toEqual([100]);
});

test("never lets through more than the burst and the rate allow", () => {
  const bucket = new TokenBucket({ perSecond: 7, burst: 4 });
  const taken: number[] = [];
  for (let nowMs = 0; nowMs < 20_000; nowMs += 3) {
    while (bucket.waitMs(nowMs) === 0) {
      bucket.take(nowMs);
      taken.push(nowMs);
    }
  }
  for (const [from, startMs] of taken.entries()) {
    for (const [to, endMs] of taken.entries()) {
      if (to < from) continue;
      expect(to - from + 1).toBeLessThanOrEqual(4 + ((endMs - startMs) * 7) / 1_000 + 1e-6);
    }
  }
  expect(taken.length).toBe(4 + Math.floor(19.998 * 7));
});

test("refuses a rate of nothing", () => {
  expect(() => new RateLimit({ perSecond: 0 })).toThrow(
    "expected a finite number above 0 for perSecond, got 0",
  );
  expect(() => new RateLimit({ perSecond: 1, burst: 0 })).toThrow(
    "expected a number of at least 1 for burst, got 0",
  );
});
