import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkpoint, createTask, InvalidArgumentError, LifoQueue, PriorityQueue } from "../src/index.ts";

describe("LifoQueue", () => {
  it("gives the latest item first (LifoQueueTests.test_order)", async () => {
    const queue = new LifoQueue<number>();
    for (const item of [1, 3, 2]) await queue.put(item);
    expect([await queue.get(), await queue.get(), await queue.get()]).toEqual([2, 3, 1]);
  });
});

describe("PriorityQueue", () => {
  it("gives the least item first (PriorityQueueTests.test_order)", async () => {
    const queue = new PriorityQueue<number>();
    for (const item of [1, 3, 2]) await queue.put(item);
    expect([await queue.get(), await queue.get(), await queue.get()]).toEqual([1, 2, 3]);
  });

  it("sorts strings and bigints without being told how", () => {
    const words = new PriorityQueue<string>();
    for (const word of ["pear", "apple", "fig"]) words.putNowait(word);
    expect([words.getNowait(), words.getNowait(), words.getNowait()]).toEqual(["apple", "fig", "pear"]);
    const big = new PriorityQueue<bigint>();
    for (const item of [2n ** 70n, -1n]) big.putNowait(item);
    expect(big.getNowait()).toBe(-1n);
  });

  it("refuses the first item already that it cannot compare", () => {
    const queue = new PriorityQueue<unknown>();
    expect(() => queue.putNowait({ due: 1 })).toThrow(InvalidArgumentError);
    expect(() => queue.put([1, "a"])).toThrow(
      "expected a number, a bigint or a string in a priority queue without a compare option, got an object of Array",
    );
    expect(() => queue.putNowait(Number.NaN)).toThrow("got NaN");
    expect({ size: queue.size, unfinished: queue.unfinished }).toEqual({ size: 0, unfinished: 0 });
  });

  it("gives every sequence of items back sorted, equals in the order they were put", () => {
    const items = fc.array(fc.nat(9), { maxLength: 80 });
    fc.assert(
      fc.property(items, (priorities) => {
        const queue = new PriorityQueue<Job>({ compare: byPriority });
        const jobs = priorities.map((priority, id) => ({ priority, id }));
        for (const job of jobs) queue.putNowait(job);
        const taken = jobs.map(() => queue.getNowait());
        expect(taken).toEqual(jobs.toSorted((a, b) => a.priority - b.priority || a.id - b.id));
      }),
    );
  });

  it("gives the least of what it holds while puts and gets alternate", () => {
    const steps = fc.array(fc.option(fc.nat(9)), { maxLength: 80 });
    fc.assert(
      fc.property(steps, (changes) => {
        const queue = new PriorityQueue<Job>({ compare: byPriority });
        const model: Job[] = [];
        for (const [id, priority] of changes.entries()) {
          if (priority !== null) {
            queue.putNowait({ priority, id });
            model.push({ priority, id });
            model.sort((a, b) => a.priority - b.priority || a.id - b.id);
          } else if (model.length > 0) {
            expect(queue.getNowait()).toEqual(model.shift());
          }
        }
        expect(queue.size).toBe(model.length);
      }),
    );
  });

  it("loses and doubles nothing when compare throws", () => {
    const calls = fc.array(fc.nat(30), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 30 }), calls, (priorities, failAt) => {
        const failing = new Set(failAt);
        let comparisons = 0;
        const queue = new PriorityQueue<Job>({
          compare(a, b) {
            if (failing.has(comparisons++)) throw new Error("no order today");
            return byPriority(a, b);
          },
        });
        const put = priorities
          .map((priority, id) => ({ priority, id }))
          .filter((job) => succeeds(() => queue.putNowait(job)));
        expect(queue.size).toBe(put.length);
        const taken: Job[] = [];
        while (!queue.empty) succeeds(() => taken.push(queue.getNowait()));
        expect(taken).toEqual(put.toSorted((a, b) => a.priority - b.priority || a.id - b.id));
      }),
    );
  });

  it("tells a putter that waits when its item cannot be compared, and lets the next one in", async () => {
    const queue = new PriorityQueue<Job>({
      maxSize: 2,
      compare(a, b) {
        if (a.id === 13 || b.id === 13) throw new Error("bad luck");
        return byPriority(a, b);
      },
    });
    queue.putNowait({ priority: 1, id: 1 });
    queue.putNowait({ priority: 2, id: 2 });
    const puts = [13, 3].map((id) =>
      createTask(function* () {
        yield* queue.put({ priority: 0, id });
      }),
    );
    await checkpoint();
    expect(queue.getNowait().id).toBe(1);
    await expect(puts[0]).rejects.toThrow("bad luck");
    await puts[1];
    expect([queue.getNowait().id, queue.getNowait().id]).toEqual([3, 2]);
  });
});

interface Job {
  readonly priority: number;
  readonly id: number;
}

function byPriority(a: Job, b: Job): number {
  return a.priority - b.priority;
}

function succeeds(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
