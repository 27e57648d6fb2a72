import { createTask, currentLoop, sleep, taskGroup } from "@overlap/loop";
import { runVirtualSync } from "@overlap/loop/testing";
import { AutoLimiter, auto, type Decision } from "@overlap/policy";
import { describe, expect, test } from "vitest";
import { failureOf } from "./failure-of.ts";
import { describeLimiter } from "./limiter-contract.ts";

describe("a limiter that tunes itself", () => {
  describeLimiter(() => new AutoLimiter({ min: 2, max: 2 }));

  test("finds out how many a server answers at once, and tells why", () => {
    runVirtualSync(function* () {
      const decisions: Decision[] = [];
      const limiter = auto({ max: 200, busyMs: () => 0, onDecision: (decision) => decisions.push(decision) });
      yield* work(limiter, { perSecond: 200, roundTripMs: 100, forMs: 20_000 });
      expect(limiter.limit).toBeGreaterThanOrEqual(18);
      expect(limiter.limit).toBeLessThanOrEqual(40);
      expect(decisions.map(({ reason }) => reason)).toContain("doubling: the last doubling brought +100 %");
    });
  });

  test("starts nothing above its limit, also after it fell", () => {
    runVirtualSync(function* () {
      const limiter = auto({ start: 64, busyMs: () => 0 });
      let decidedAtMs = 0;
      limiter.onDecision(({ atMs }) => {
        decidedAtMs = atMs;
      });
      const onStart = () => {
        // A slot that was granted before the limit fell is kept.
        if (currentLoop().now() > decidedAtMs) expect(limiter.inFlight).toBeLessThanOrEqual(limiter.limit);
      };
      yield* work(limiter, { perSecond: 100, roundTripMs: 50, forMs: 60_000, onStart });
      expect(limiter.limit).toBeLessThan(16);
    });
  });

  test("spaces what it starts where the other side says that it counts requests per time", () => {
    runVirtualSync(function* () {
      const limiter = auto({ start: 8, busyMs: () => 0 });
      const startsMs = yield* refusing(limiter, 50, 8_000);
      expect(limiter.perSecond).toBeGreaterThan(40);
      expect(limiter.perSecond).toBeLessThan(60);
      const late = startsMs.filter((ms) => ms > 4_000);
      expect(late.length / 4).toBeGreaterThan(40);
      expect(late.length / 4).toBeLessThan(60);
    });
  });

  test("tells schedulers of room when the rate allows the next", () => {
    runVirtualSync(function* () {
      const limiter = auto({ start: 8, busyMs: () => 0 });
      yield* refusing(limiter, 50, 8_000);
      while (limiter.tryAcquire() !== null);
      expect(limiter.inFlight).toBeLessThan(limiter.limit);
      let told = 0;
      limiter.onRoom(() => told++);
      expect(limiter.tryAcquire()).toBe(null);
      yield* sleep(30);
      expect(told).toBe(1);
      expect(limiter.tryAcquire()).not.toBe(null);
    });
  });

  test("keeps a permit and a turn of those who stop waiting for the rate", () => {
    runVirtualSync(function* () {
      const limiter = auto({ start: 8, busyMs: () => 0 });
      yield* refusing(limiter, 50, 8_000);
      while (limiter.tryAcquire() !== null);
      const before = limiter.inFlight;
      const tasks = Array.from({ length: 4 }, () => createTask(() => limiter.acquire()));
      yield* sleep(1);
      for (const task of tasks.slice(0, 3)) task.cancel();
      for (const task of tasks.slice(0, 3)) yield* failureOf(task);
      using _slot = yield* tasks[3] as (typeof tasks)[number];
      expect(limiter.inFlight).toBe(before + 1);
    });
  });

  test("tells schedulers of the room that somebody leaves who stops waiting for the rate", () => {
    runVirtualSync(function* () {
      const limiter = auto({ start: 8, busyMs: () => 0 });
      yield* refusing(limiter, 50, 8_000);
      while (limiter.tryAcquire() !== null);
      const waiting = createTask(() => limiter.acquire());
      yield* sleep(1);
      let told = 0;
      limiter.onRoom(() => told++);
      waiting.cancel();
      yield* failureOf(waiting);
      yield* sleep(50);
      expect(told).toBe(1);
    });
  });

  test("does not grow when the server falls silent", () => {
    runVirtualSync(function* () {
      const limiter = auto({ busyMs: () => 0 });
      yield* work(limiter, { perSecond: 1_000, roundTripMs: 100, forMs: 1_000 });
      const { limit } = limiter;
      while (limiter.tryAcquire() !== null);
      yield* sleep(600_000);
      expect([limiter.limit, limiter.inFlight, limiter.tryAcquire()]).toEqual([limit, limit, null]);
    });
  });

  test("learns nothing from what was cancelled", () => {
    runVirtualSync(function* () {
      const limiter = auto({ start: 4, busyMs: () => 0 });
      for (let i = 0; i < 1_000; i++) {
        const slot = yield* limiter.acquire();
        yield* sleep(1);
        slot.release();
      }
      expect(limiter.limit).toBe(4);
    });
  });

  test.each([
    [{ min: 0 }, "expected a positive integer for min, got 0"],
    [{ min: 5, max: 4 }, "expected an integer from 5 to 9007199254740991 for max, got 4"],
    [{ max: 10, start: 11 }, "expected an integer from 1 to 10 for start, got 11"],
  ])("refuses %j", (options, message) => {
    expect(() => auto(options)).toThrow(message);
  });
});

interface Work {
  readonly perSecond: number;
  readonly roundTripMs: number;
  readonly forMs: number;
  readonly onStart?: () => void;
}

/** Sends as many as the limiter lets, to a server that takes one after the other. */
function* work(limiter: AutoLimiter, { perSecond, roundTripMs, forMs, onStart }: Work) {
  const untilMs = currentLoop().now() + forMs;
  let freeMs = 0;
  yield* taskGroup(function* (group) {
    while (currentLoop().now() < untilMs) {
      const slot = yield* limiter.acquire();
      onStart?.();
      const nowMs = currentLoop().now();
      freeMs = Math.max(freeMs, nowMs) + 1_000 / perSecond;
      const latencyMs = freeMs - nowMs + roundTripMs;
      group.spawn(function* () {
        yield* sleep(latencyMs);
        slot.release("ok");
      });
    }
  });
}

/** The same, to a server that refuses what is more than its rate, and says so. Returns when each was started. */
function* refusing(limiter: AutoLimiter, perSecond: number, forMs: number) {
  const startsMs: number[] = [];
  const untilMs = currentLoop().now() + forMs;
  let [tokens, filledMs] = [0, 0];
  yield* taskGroup(function* (group) {
    while (currentLoop().now() < untilMs) {
      const slot = yield* limiter.acquire();
      const nowMs = currentLoop().now();
      startsMs.push(nowMs);
      tokens = Math.min(1, tokens + ((nowMs - filledMs) * perSecond) / 1_000);
      filledMs = nowMs;
      const isRefused = tokens < 1 - 1e-9;
      if (!isRefused) tokens--;
      group.spawn(function* () {
        yield* sleep(isRefused ? 2 : 20);
        slot.release(isRefused ? "rate-limited" : "ok");
      });
    }
  });
  return startsMs;
}
