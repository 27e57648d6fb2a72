import { type Coroutine, currentLoop, sleep } from "@overlap/loop";
import { runVirtualSync } from "@overlap/loop/testing";
import { auto } from "@overlap/policy";
import { Trace } from "@overlap/trace";
import { describe, expect, it } from "vitest";
import { pipeline } from "../src/index.ts";

function* count(to: number): Generator<number> {
  for (let i = 0; i < to; i++) yield i;
}

function* same<T>(item: T): Coroutine<T> {
  return item;
}

/** However busy the machine is that this runs on. */
const calm = { busyMs: () => 0 };

describe("a stage that finds its concurrency out", () => {
  it("has as many in flight as the other side answers, and notes down how it came there", () => {
    runVirtualSync(function* () {
      const trace = new Trace({ now: () => currentLoop().now() });
      const limiter = auto(calm);
      let freeMs = 0;
      // A server that takes one after the other, 200 in a second.
      function* ask(item: number) {
        const nowMs = currentLoop().now();
        freeMs = Math.max(freeMs, nowMs) + 5;
        yield* sleep(freeMs - nowMs + 100);
        return item;
      }
      const summary = yield* pipeline(count(4_000))
        .io("ask", ask, { concurrency: limiter })
        .to(function* () {})
        .run({ trace });
      expect(summary.delivered).toBe(4_000);
      expect(summary.wallMs).toBeLessThan(4_000 * 5 * 1.15);
      expect(limiter.limit).toBeLessThanOrEqual(40);
      const limits = [...trace.counters()].filter(({ counter }) => counter === "limit of ask");
      expect(limits.slice(0, 2)).toMatchObject([
        { value: 4, reason: "where it begins" },
        { value: 8, reason: expect.stringMatching(/^doubling \(\d\d\/s\)$/) },
      ]);
    });
  });

  it("begins anew in each run when it is only told to", () => {
    runVirtualSync(function* () {
      const trace = new Trace({ now: () => currentLoop().now() });
      const job = pipeline([1, 2, 3])
        .io("ask", same, { concurrency: "auto" })
        .to(function* () {});
      expect(job.stages[0]).toEqual({ name: "ask", kind: "io", limit: 1_000 });
      yield* job.run({ trace });
      yield* job.run({ trace });
      const limits = [...trace.counters()].map(({ counter, value }) => [counter, value]);
      expect(limits).toEqual([
        ["limit of ask", 4],
        ["limit of ask", 4],
      ]);
    });
  });

  it("can be told to by the run", () => {
    runVirtualSync(function* () {
      const trace = new Trace({ now: () => currentLoop().now() });
      const job = pipeline([1, 2, 3])
        .io("ask", same)
        .to(function* () {});
      yield* job.run({ trace, stages: { ask: { concurrency: "auto" } } });
      expect([...trace.counters()]).toMatchObject([{ counter: "limit of ask", value: 4 }]);
    });
  });

  it("does not grow for a sink that is slower", () => {
    runVirtualSync(function* () {
      const limiter = auto(calm);
      function* ask(item: number) {
        yield* sleep(100);
        return item;
      }
      yield* pipeline(count(3_000))
        .io("ask", ask, { concurrency: limiter })
        .to(function* () {
          yield* sleep(20);
        })
        .run();
      // 50 in a second, 100 ms each
      expect(limiter.limit).toBeLessThanOrEqual(8);
    });
  });

  it("refuses other words", () => {
    const build = () => pipeline([1]).io("ask", same, { concurrency: "many" as "auto" });
    expect(build).toThrow('expected a number, "auto" or a limiter for concurrency, got "many"');
  });
});

describe("a batch stage that finds its size out", () => {
  it("makes batches of which a tenth is fixed cost, and sends what there is when the sink is idle", () => {
    runVirtualSync(function* () {
      const sizes: number[] = [];
      const summary = yield* pipeline(count(20_000))
        .batch({ items: "auto" })
        .to(function* (batch) {
          sizes.push(batch.length);
          yield* sleep(10 + 0.5 * batch.length);
        })
        .run();
      expect(summary.delivered).toBe(20_000);
      expect(sizes[0]).toBe(1);
      // 9 · 10 ms / 0.5 ms
      const late = sizes.slice(20, -1);
      expect(Math.max(...late)).toBeLessThanOrEqual(1.3 * 180);
      expect(late.filter((size) => size >= 170 && size <= 190).length).toBeGreaterThan(late.length / 3);
    });
  });

  it("does not let an item wait for others while the sink is idle", () => {
    runVirtualSync(function* () {
      const delays: number[] = [];
      yield* pipeline(count(50))
        .io("arrive", function* (i) {
          yield* sleep(100 * i);
          return currentLoop().now();
        })
        .batch({ items: "auto" })
        .to(function* (batch) {
          for (const atMs of batch) delays.push(currentLoop().now() - atMs);
          yield* sleep(10);
        })
        .run();
      expect(delays).toHaveLength(50);
      expect(Math.max(...delays)).toBe(0);
    });
  });

  it("gives a busy sink what has come meanwhile", () => {
    runVirtualSync(function* () {
      const sizes: number[] = [];
      yield* pipeline(count(300))
        .io(
          "arrive",
          function* (i) {
            yield* sleep(10 * i);
            return i;
          },
          { concurrency: 300 },
        )
        .batch({ items: "auto" })
        .to(function* (batch) {
          sizes.push(batch.length);
          yield* sleep(100);
        })
        .run();
      expect(sizes.reduce((a, b) => a + b, 0)).toBe(300);
      // Ten come in the time of a batch; the first batches are small, because nothing is known yet.
      expect(sizes.length).toBeLessThan(45);
    });
  });

  it("keeps to its other limits", async () => {
    const sizes: number[] = [];
    await pipeline(count(100))
      .map((i) => `item ${i}`.padEnd(10))
      .batch({ items: "auto", bytes: 30 })
      .to(async (batch) => void sizes.push(batch.length))
      .run();
    expect(Math.max(...sizes)).toBeLessThanOrEqual(3);
  });
});
