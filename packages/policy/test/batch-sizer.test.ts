import { BatchSizer } from "@overlap/policy";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Randomness } from "./simulation/randomness.ts";

describe("a batch sizer", () => {
  test.each([
    { fixedMs: 10, perItemMs: 0.1, best: 900 },
    { fixedMs: 2, perItemMs: 1, best: 18 },
    { fixedMs: 100, perItemMs: 0.5, best: 1_800 },
    { fixedMs: 0.5, perItemMs: 50, best: 1 },
  ])(
    "finds the smallest batch of which a tenth is fixed cost: $fixedMs ms and $perItemMs ms an item",
    (sink) => {
      for (let seed = 1; seed <= 16; seed++) {
        const sizer = new BatchSizer();
        const sizes = run(sizer, sink, 200, seed).slice(100);
        const mean = sizes.reduce((a, b) => a + b, 0) / sizes.length;
        expect(mean).toBeGreaterThan(0.6 * sink.best);
        expect(mean).toBeLessThan(Math.max(3, 1.6 * sink.best));
      }
    },
  );

  test("takes as many as it may when items cost nothing", () => {
    const sizer = new BatchSizer({ max: 500 });
    const sizes = run(sizer, { fixedMs: 20, perItemMs: 0 }, 100, 1).slice(50);
    expect(sizes.filter((size) => size >= 400).length).toBeGreaterThan(30);
  });

  test("at most doubles what it has seen", () => {
    const sizer = new BatchSizer();
    const sizes = run(sizer, { fixedMs: 100, perItemMs: 0.01 }, 30, 1);
    let largest = 1;
    for (const size of sizes) {
      expect(size).toBeLessThanOrEqual(2.5 * largest);
      largest = Math.max(largest, size);
    }
  });

  test("follows a sink that changes", () => {
    const sizer = new BatchSizer();
    run(sizer, { fixedMs: 10, perItemMs: 0.1 }, 200, 1);
    const sizes = run(sizer, { fixedMs: 10, perItemMs: 2 }, 400, 2).slice(300);
    const mean = sizes.reduce((a, b) => a + b, 0) / sizes.length;
    expect(mean).toBeGreaterThan(20);
    expect(mean).toBeLessThan(90);
  });

  test("stays between its minimum and its maximum, whatever it observes", () => {
    const batch = fc.tuple(fc.integer({ min: -1, max: 1_000 }), fc.double());
    fc.assert(
      fc.property(fc.array(batch), (batches) => {
        const sizer = new BatchSizer({ min: 5, max: 50 });
        for (const [items, durationMs] of batches) {
          sizer.observe(items, durationMs);
          expect(sizer.items).toBeGreaterThanOrEqual(5);
          expect(sizer.items).toBeLessThanOrEqual(50);
        }
      }),
    );
  });

  test.each([
    [{ min: 0 }, "expected a positive integer for min, got 0"],
    [{ min: 5, max: 4 }, "expected at least 5, the minimum, for max, got 4"],
    [{ fixedShare: 1 }, "expected a number above 0 and below 1 for fixedShare, got 1"],
  ])("refuses %j", (options, message) => {
    expect(() => new BatchSizer(options)).toThrow(message);
  });
});

interface Sink {
  readonly fixedMs: number;
  readonly perItemMs: number;
}

/** Sends batches to a sink whose times are uncertain by a tenth. Returns their sizes. */
function run(sizer: BatchSizer, { fixedMs, perItemMs }: Sink, batches: number, seed: number): number[] {
  const random = new Randomness(seed);
  return Array.from({ length: batches }, () => {
    const { items } = sizer;
    sizer.observe(items, (fixedMs + perItemMs * items) * Math.exp(0.1 * random.normal()));
    return items;
  });
}
