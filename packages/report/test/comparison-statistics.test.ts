import { checkLittle, comparePaired, outliers } from "@overlap/report";
import { describe, expect, test } from "vitest";

describe("outliers", () => {
  test("are those of the published example", () => {
    // Leys et al. (2013): median 7, MAD 1.4826 × 3.5 = 5.19.
    expect(outliers([1, 3, 3, 6, 8, 10, 10, 1000])).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  test("are further off than ten deviations, not just far", () => {
    const near = 7 + 9.9 * 5.1891;
    expect(outliers([1, 3, 3, 6, 8, 10, 10, near]).at(-1)).toBe(false);
  });

  test("are all that differ, when most are the same", () => {
    expect(outliers([5, 5, 5, 500])).toEqual([false, false, false, true]);
    expect(outliers([5, 5, 5])).toEqual([false, false, false]);
    expect(outliers([])).toEqual([]);
  });
});

describe("a comparison of paired blocks", () => {
  /** Hours of sleep gained by ten patients: Cushny and Peebles (1905), used in Student's paper on the t-test (1908). */
  const gained = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4];

  test("takes the median of the logarithms, with ranks 2 and 9 of ten", () => {
    const comparison = comparePaired(
      gained.map((hours) => Math.exp(hours)),
      gained.map(() => 1),
    );
    expect(Math.log(comparison.ratio)).toBeCloseTo(1.3, 10);
    expect(Math.log(comparison.interval?.low ?? 0)).toBeCloseTo(0.8, 10);
    expect(Math.log(comparison.interval?.high ?? 0)).toBeCloseTo(2.4, 10);
    expect(comparison.verdict).toBe("second");
  });

  test("is not misled by a machine that gets slower, where the two medians would overlap", () => {
    const first = [1, 2, 4, 8, 16, 32, 64];
    const { ratio, verdict } = comparePaired(
      first,
      first.map((ms) => ms * 1.1),
    );
    expect(ratio).toBeCloseTo(1 / 1.1, 10);
    expect(verdict).toBe("first");
  });

  test("says that there is no clear difference when the interval contains 1", () => {
    expect(comparePaired([1, 2, 1, 2, 1, 2], [2, 1, 2, 1, 2, 1]).verdict).toBe("no clear difference");
  });

  test("says that five blocks are too few", () => {
    const comparison = comparePaired([1, 1, 1, 1, 1], [2, 2, 2, 2, 2]);
    expect(comparison).toEqual({ ratio: 0.5, verdict: "too few blocks" });
  });

  test("refuses lists that don't belong together", () => {
    expect(() => comparePaired([1], [1, 2])).toThrow(
      "expected as many values as in first (1) for second, got 2",
    );
    expect(() => comparePaired([0], [1])).toThrow("expected values above 0 for first and second, got 0");
  });
});

describe("Little's check", () => {
  test("holds when the mean in flight is throughput times mean time", () => {
    expect(checkLittle({ meanInFlight: 50, requests: 1_000, meanMs: 100, wallMs: 2_000 })).toEqual({
      holds: true,
      mismatch: 0,
    });
  });

  test("fails from a mismatch of more than 5 % on", () => {
    const figures = { requests: 1_000, meanMs: 100, wallMs: 2_000 };
    expect(checkLittle({ meanInFlight: 52, ...figures }).holds).toBe(true);
    expect(checkLittle({ meanInFlight: 53, ...figures }).holds).toBe(false);
    expect(checkLittle({ meanInFlight: 0, ...figures }).holds).toBe(false);
  });

  test("holds for a run that waits for nothing", () => {
    expect(checkLittle({ meanInFlight: 0, requests: 0, meanMs: 0, wallMs: 1 })).toEqual({
      holds: true,
      mismatch: 0,
    });
  });
});
