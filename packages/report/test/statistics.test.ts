import { meanInFlight, median, medianInterval, percentile } from "@overlap/report";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

/** Miles per gallon of 32 cars: Henderson and Velleman, "Building Multiple Regression Models", Biometrics 37 (1981). */
const MILES_PER_GALLON = [
  21.0, 21.0, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4,
  30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26.0, 30.4, 15.8, 19.7, 15.0, 21.4,
];

describe("percentiles", () => {
  test("are those that R prints for its data set mtcars", () => {
    // > quantile(mtcars$mpg, c(0, .25, .5, .75, .9, 1))
    const quantiles = [0, 25, 50, 75, 90, 100].map((percent) => percentile(MILES_PER_GALLON, percent));
    for (const [at, expected] of [10.4, 15.425, 19.2, 22.8, 30.09, 33.9].entries()) {
      expect(quantiles[at]).toBeCloseTo(expected, 10);
    }
  });

  test("are those of the NumPy documentation", () => {
    expect(percentile([10, 7, 4, 3, 2, 1], 50)).toBe(3.5);
  });

  test("leave the values as they were", () => {
    const values = [3, 1, 2];
    expect(median(values)).toBe(2);
    expect(values).toEqual([3, 1, 2]);
  });

  test("of a single value are that value", () => {
    expect(percentile([7], 99)).toBe(7);
  });

  test("never leave the range of the values, and grow with the percent", () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 });
    const percent = fc.double({ noNaN: true, min: 0, max: 100 });
    fc.assert(
      fc.property(values, percent, percent, (all, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)].map((each) => percentile(all, each));
        expect(low).toBeGreaterThanOrEqual(Math.min(...all));
        expect(high).toBeLessThanOrEqual(Math.max(...all));
        expect((high ?? 0) - (low ?? 0)).toBeGreaterThanOrEqual(-1e-6);
      }),
    );
  });

  test("refuse no values and a percent out of range, and say what was expected", () => {
    expect(() => median([])).toThrow("expected at least one value for values, got none");
    expect(() => percentile([1], 101)).toThrow("expected a number from 0 to 100 for percent, got 101");
    expect(() => percentile([1], Number.NaN)).toThrow(
      expect.objectContaining({ code: "OVERLAP_REPORT_INVALID_ARGUMENT" }),
    );
  });
});

describe("the interval of the median", () => {
  // Ranks and coverages of the sign test's interval at 95 %, as in the tables of the textbooks.
  test.each([
    [6, 1, 6, 0.969],
    [9, 2, 8, 0.961],
    [10, 2, 9, 0.979],
    [15, 4, 12, 0.965],
    [20, 6, 15, 0.959],
    [25, 8, 18, 0.957],
    [100, 40, 61, 0.965],
  ])("of %i values reaches from rank %i to rank %i, with a confidence of %f", (n, low, high, confidence) => {
    const interval = medianInterval(Array.from({ length: n }, (_, i) => n - i));
    expect(interval).toMatchObject({ low, high });
    expect(interval?.confidence).toBeCloseTo(confidence, 3);
  });

  test("is not there for five values, which can't give 95 %", () => {
    expect(medianInterval([1, 2, 3, 4, 5])).toBeUndefined();
    expect(medianInterval([1, 2, 3, 4, 5], 0.9)).toMatchObject({ low: 1, high: 5, confidence: 0.9375 });
    expect(medianInterval([])).toBeUndefined();
  });

  test("doesn't drown in its own numbers for a million values", () => {
    const interval = medianInterval(Array.from({ length: 1_000_000 }, (_, i) => i));
    // The normal approximation: n/2 ± 1.96·√n/2.
    expect(interval?.low).toBeGreaterThan(499_010);
    expect(interval?.low).toBeLessThan(499_030);
    expect(interval?.confidence).toBeGreaterThanOrEqual(0.95);
  });

  test("refuses a confidence of 1", () => {
    expect(() => medianInterval([1], 1)).toThrow(
      "expected a number above 0 and below 1 for confidence, got 1",
    );
  });
});

describe("mean in flight", () => {
  test("is throughput times mean time, as Little's law has it", () => {
    const requests = Array.from({ length: 1_000 }, (_, i) => ({ startMs: i, endMs: i + 100 }));
    const wallMs = 1_099;
    expect(meanInFlight(requests, wallMs)).toBeCloseTo((1_000 / wallMs) * 100, 10);
  });

  test("is 0 for nothing in flight", () => {
    expect(meanInFlight([], 10)).toBe(0);
  });

  test("refuses a wall time of 0", () => {
    expect(() => meanInFlight([], 0)).toThrow("expected a number above 0 for wallMs, got 0");
  });
});
