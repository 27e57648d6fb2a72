import { type Interval, packLanes } from "@overlap/trace";
import fc from "fast-check";
import { expect, test } from "vitest";

const intervals = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 30 }))
    .map(([startMs, lengthMs]) => ({ startMs, endMs: startMs + lengthMs })),
  { maxLength: 200 },
);

/** Most intervals that hold one instant; an interval of no length holds its instant for itself alone. */
function maxOverlap(all: readonly Interval[]): number {
  const holding = (at: Interval) =>
    all.filter((other) => other.startMs <= at.startMs && at.startMs < other.endMs);
  return Math.max(0, ...all.map((each) => Math.max(holding(each).length, each.endMs > each.startMs ? 0 : 1)));
}

test("never puts two intervals that overlap into one lane", () => {
  fc.assert(
    fc.property(intervals, (all) => {
      const { laneOf, laneCount } = packLanes(all);
      for (let lane = 0; lane < laneCount; lane++) {
        const inLane = all.filter((_, index) => laneOf[index] === lane);
        inLane.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
        for (const [index, each] of inLane.entries()) {
          expect(each.startMs).toBeGreaterThanOrEqual(inLane[index - 1]?.endMs ?? 0);
        }
      }
    }),
  );
});

test("takes as many lanes as intervals overlap at the worst moment", () => {
  const longerThanZero = intervals.map((all) => all.filter((each) => each.endMs > each.startMs));
  fc.assert(
    fc.property(longerThanZero, (all) => {
      expect(packLanes(all).laneCount).toBe(maxOverlap(all));
    }),
  );
});

test("takes at most one lane more for intervals of no length", () => {
  fc.assert(
    fc.property(intervals, (all) => {
      const { laneCount } = packLanes(all);
      expect(laneCount).toBeGreaterThanOrEqual(maxOverlap(all));
      expect(laneCount).toBeLessThanOrEqual(maxOverlap(all) + 1);
    }),
  );
});

test("packs 1,000 requests with 50 in flight into exactly 50 lanes", () => {
  const requests = Array.from({ length: 1_000 }, (_, i) => ({ startMs: i * 2, endMs: i * 2 + 100 }));
  const { laneOf, laneCount } = packLanes(requests);
  expect(laneCount).toBe(50);
  expect(Array.from(laneOf.slice(48, 52))).toEqual([48, 49, 0, 1]);
});

test("puts an interval into the lowest lane that is free", () => {
  const { laneOf } = packLanes([
    { startMs: 0, endMs: 9 },
    { startMs: 1, endMs: 3 },
    { startMs: 2, endMs: 4 },
    { startMs: 5, endMs: 6 },
  ]);
  expect(Array.from(laneOf)).toEqual([0, 1, 2, 1]);
});

test("needs no lane for nothing", () => {
  expect(packLanes([])).toEqual({ laneOf: new Uint32Array(0), laneCount: 0 });
});
