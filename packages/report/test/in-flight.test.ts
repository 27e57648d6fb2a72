import fc from "fast-check";
import { expect, test } from "vitest";
import { inFlightSteps, meanPerBin } from "../src/in-flight.ts";

const intervals = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 10 }))
    .map(([startMs, lengthMs]) => ({ startMs, endMs: startMs + lengthMs })),
);

test("steps say at each moment how many intervals hold it", () => {
  fc.assert(
    fc.property(intervals, fc.integer({ min: 0, max: 100 }), (all, atMs) => {
      const last = inFlightSteps(all).findLast((step) => step.atMs <= atMs);
      const holding = all.filter((each) => each.startMs <= atMs && atMs < each.endMs);
      expect(last?.inFlight ?? 0).toBe(holding.length);
    }),
  );
});

test("the means of the bins keep the area under the steps", () => {
  fc.assert(
    fc.property(intervals, fc.integer({ min: 1, max: 37 }), (all, bins) => {
      const means = meanPerBin(inFlightSteps(all), 100, bins);
      const area = all.reduce((sum, each) => sum + each.endMs - each.startMs, 0);
      expect(means).toHaveLength(bins);
      expect(means.reduce((sum, mean) => sum + (mean * 100) / bins, 0)).toBeCloseTo(area, 6);
    }),
  );
});

test("what lies before the start and after the end is left out", () => {
  const steps = inFlightSteps([
    { startMs: -5, endMs: 5 },
    { startMs: 8, endMs: 99 },
  ]);
  expect(meanPerBin(steps, 10, 2)).toEqual([1, 0.4]);
});
