import "@overlap/loop";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReadyQueue } from "../src/ready-queue.ts";
import { type TimerHandle, TimerQueue } from "../src/timer-queue.ts";
import { type Waiter, WaiterQueue } from "../src/waiter-queue.ts";

describe("ReadyQueue", () => {
  it("gives back what was put in, in that order, however they alternate", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 500 }), (pushes) => {
        const queue = new ReadyQueue<number>();
        const model: number[] = [];
        for (const [i, push] of pushes.entries()) {
          if (push) {
            queue.push(i);
            model.push(i);
          } else if (queue.size > 0) {
            expect(queue.shift()).toBe(model.shift());
          }
          expect(queue.size).toBe(model.length);
        }
      }),
    );
  });

  it("keeps the order when it grows with its head in the middle, and gives the memory back", () => {
    const queue = new ReadyQueue<number>();
    for (let i = 0; i < 40; i++) queue.push(i);
    for (let i = 0; i < 30; i++) queue.shift();
    for (let i = 40; i < 200_000; i++) queue.push(i);
    let outOfOrder = 0;
    for (let i = 30; i < 200_000; i++) if (queue.shift() !== i) outOfOrder++;
    expect(outOfOrder).toBe(0);
    queue.compact();
    queue.push(5);
    expect([queue.shift(), queue.size]).toEqual([5, 0]);
  });
});

describe("TimerQueue", () => {
  it("gives what is due by time and then by the order of setting, and nothing that was cancelled", () => {
    const times = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.boolean()), { maxLength: 300 });
    fc.assert(
      fc.property(times, (timers) => {
        const queue = new TimerQueue();
        const fired: number[] = [];
        const handles = timers.map(([whenMs], i) => queue.add(whenMs, () => fired.push(i)));
        for (const [i, [, cancel]] of timers.entries()) if (cancel) handles[i]?.cancel();
        for (let nowMs = 0; nowMs <= 20; nowMs++) {
          for (let due = queue.takeDue(nowMs); due !== null; due = queue.takeDue(nowMs)) due();
        }
        const expected = [...timers.entries()]
          .filter(([, [, cancelled]]) => !cancelled)
          .sort(([i, [a]], [j, [b]]) => a - b || i - j)
          .map(([i]) => i);
        expect(fired).toEqual(expected);
        expect([queue.live, queue.nextMs()]).toEqual([0, Number.POSITIVE_INFINITY]);
      }),
    );
  });

  it("does not keep a million cancelled timers (test__run_once_cancelled_event_cleanup)", () => {
    const queue = new TimerQueue();
    const kept = queue.add(1, () => {});
    let most = 0;
    const burst: TimerHandle[] = [];
    for (let i = 0; i < 1_000_000; i++) {
      burst.push(queue.add(1_000 + i, () => {}));
      if (burst.length === 1_000) for (const timer of burst.splice(0)) timer.cancel();
      most = Math.max(most, queue.size);
    }
    expect(most).toBeLessThan(2_500);
    expect([queue.live, kept.active]).toEqual([1, true]);
  });

  it("prunes only when more than 100 are held and more than half of them are dead", () => {
    const queue = new TimerQueue();
    const timers = Array.from({ length: 101 }, (_, i) => queue.add(i + 1, () => {}));
    for (const timer of timers.slice(50, 100)) timer.cancel();
    expect([queue.size, queue.live]).toEqual([101, 51]);
    timers[100]?.cancel();
    expect([queue.size, queue.live]).toEqual([50, 50]);
  });

  it("says when its last live timer was cancelled", () => {
    let idle = 0;
    const queue = new TimerQueue(() => idle++);
    const [a, b] = [queue.add(1, () => {}), queue.add(2, () => {})];
    a.cancel();
    expect(idle).toBe(0);
    b.cancel();
    b.cancel();
    expect(idle).toBe(1);
  });
});

describe("WaiterQueue", () => {
  it("gives waiters in the order in which they joined, without those that left", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("join", "shift", "leave"), { maxLength: 300 }),
        fc.nat(),
        (steps, salt) => {
          const queue = new WaiterQueue<void>();
          const model: Waiter<void>[] = [];
          for (const [i, step] of steps.entries()) {
            if (step === "join") model.push(queue.join());
            else if (step === "shift") expect(queue.shift() === (model.shift() ?? null)).toBe(true);
            else if (model.length > 0) model.splice((salt + i) % model.length, 1)[0]?.cancel();
            expect(queue.size).toBe(model.length);
          }
        },
      ),
    );
  });
});
