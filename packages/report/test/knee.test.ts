import { confirmKnee, findKnee, fitScalability, type LoadLevel, modelThroughput } from "@overlap/report";
import { describe, expect, test } from "vitest";

const LEVELS = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** SPEC SDM 91 on a SPARCcenter 2000, from Gunther, "Guerrilla Capacity Planning" (2007), as in R's package usl. */
const SPEC_SDM_91 = [
  [1, 64.9],
  [18, 995.9],
  [36, 1652.4],
  [72, 1853.2],
  [108, 1828.9],
  [144, 1775.0],
  [216, 1702.2],
] as const;

/** Throughput that goes up and down by up to `noise`, the same in every run of the test. */
function levelsOf(
  perSecond: (n: number) => number,
  noise = 0,
  counts: readonly number[] = LEVELS,
): LoadLevel[] {
  return counts.map((concurrency, index) => {
    const requests = concurrency * 50;
    const measured = perSecond(concurrency) * (1 + noise * Math.sin(index * 2.4));
    return { concurrency, requests, wallMs: (requests * 1_000) / measured };
  });
}

describe("the knee", () => {
  test("of a server with a capacity of 64 is just below 64", () => {
    const { answer, model } = findKnee(levelsOf((n) => Math.min(10 * n, 640), 0.03));
    expect(model?.kind).toBe("cap");
    expect(answer).toMatchObject({ found: "knee" });
    if (answer.found !== "knee") return;
    expect(answer.concurrency).toBeGreaterThanOrEqual(56);
    expect(answer.concurrency).toBeLessThanOrEqual(76);
    expect(answer.interval.low).toBeLessThanOrEqual(61);
    expect(answer.interval.high).toBeGreaterThanOrEqual(61);
    expect(answer.interval.high - answer.interval.low).toBeLessThan(20);
    expect(answer.perSecond).toBeCloseTo(10 * answer.concurrency, -2);
  });

  test("is not found where throughput grows in proportion to the end", () => {
    const { answer, model } = findKnee(levelsOf((n) => 10 * n, 0.03));
    expect(model?.kind).toBe("linear");
    expect(answer).toEqual({ found: "none", upTo: 500 });
  });

  test("is not looked for in differences that are smaller than any measurement", () => {
    const { model, answer } = findKnee(levelsOf((n) => (10 * n) / (1 + 1e-6 * (n - 1))));
    expect(model?.kind).toBe("linear");
    expect(answer.found).toBe("none");
  });

  test("is not found where throughput grows to the end, only less and less", () => {
    expect(findKnee(levelsOf((n) => (10 * n) / (1 + 0.0005 * (n - 1)), 0.01)).answer).toEqual({
      found: "none",
      upTo: 500,
    });
  });

  test("comes before the peak where more in flight bring less", () => {
    const { answer, model } = findKnee(
      levelsOf((n) => (10 * n) / (1 + 0.01 * (n - 1) + 0.0005 * n * (n - 1)), 0.02),
    );
    expect(model?.kind).toBe("scalability");
    expect(answer).toMatchObject({ found: "knee" });
    if (answer.found !== "knee") return;
    expect(answer.concurrency).toBeGreaterThan(24);
    expect(answer.concurrency).toBeLessThan(44);
  });

  test("of a short run against a server without limits is not taken for one, when its mean in flight is known", () => {
    // 1,000 requests of 100 ms: with 512 at once the second wave is not full, and throughput is 5,000/s, not 5,120.
    const short = [1, 4, 16, 64, 256, 512, 1_000].map((concurrency) => {
      const wallMs = Math.ceil(1_000 / concurrency) * 100 + concurrency * 0.05;
      return { concurrency, requests: 1_000, wallMs, meanInFlight: (1_000 * 100) / wallMs };
    });
    expect(findKnee(short).answer).toMatchObject({ found: "none" });
  });

  test("is not judged from short runs of which the mean in flight is not known", () => {
    const short = LEVELS.map((concurrency) => ({ concurrency, requests: 200, wallMs: 1_000 }));
    const { answer, dropped, model } = findKnee(short);
    expect(answer).toEqual({
      found: "too-few",
      reason: "2 of at least 4 levels can be used; 7 had fewer than 50 requests for each in flight.",
    });
    expect(dropped).toHaveLength(7);
    expect(model).toBeUndefined();
  });

  test("does not count levels with more than 1 % of errors", () => {
    const levels = levelsOf((n) => Math.min(10 * n, 640)).map((level) =>
      level.concurrency > 200
        ? { ...level, failed: level.requests * 0.02, wallMs: level.wallMs / 10 }
        : level,
    );
    const { answer, dropped } = findKnee(levels);
    expect(dropped).toEqual([{ concurrency: 500, reason: "errors" }]);
    expect(answer).toMatchObject({ found: "knee", concurrency: 61 });
  });

  test("does not depend on the order of the levels", () => {
    const levels = levelsOf((n) => Math.min(10 * n, 640), 0.05);
    expect(findKnee(levels.toReversed())).toEqual(findKnee(levels));
  });

  test("is the truth within its interval for most random errors", () => {
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const hits = seeds.filter((seed) => {
      const levels = levelsOf((n) => Math.min(10 * n, 640)).map((level, index) => ({
        ...level,
        wallMs: level.wallMs * (1 + 0.04 * Math.sin(seed * 12.9898 + index * 78.233)),
      }));
      const { answer } = findKnee(levels, { seed });
      return answer.found === "knee" && answer.interval.low <= 62 && answer.interval.high >= 59;
    });
    expect(hits.length).toBeGreaterThanOrEqual(9);
  });

  test("refuses a level that can't be", () => {
    expect(() => findKnee([{ concurrency: 0, requests: 1, wallMs: 1 }])).toThrow(
      "expected a positive integer for concurrency, got 0",
    );
    expect(() => findKnee([{ concurrency: 1, requests: 1, wallMs: 0 }])).toThrow(
      "expected a number above 0 for wallMs, got 0",
    );
  });
});

describe("the Universal Scalability Law", () => {
  test("gives back the coefficients that throughput was made with", () => {
    const model = fitScalability(
      LEVELS.map((n) => ({
        inFlight: n,
        perSecond: (20 * n) / (1 + 0.05 * (n - 1) + 0.00001 * n * (n - 1)),
      })),
    );
    expect(model?.lambda).toBeCloseTo(20, 6);
    expect(model?.sigma).toBeCloseTo(0.05, 8);
    expect(model?.kappa).toBeCloseTo(0.00001, 10);
  });

  test("peaks where the published fit of SPEC SDM 91 does, at 96.5, although that minimises absolute errors", () => {
    const points = SPEC_SDM_91.map(([inFlight, perSecond]) => ({ inFlight, perSecond }));
    expect(fitScalability(points)?.peakInFlight).toBeGreaterThan(96.5 * 0.95);
    expect(fitScalability(points)?.peakInFlight).toBeLessThan(96.5 * 1.05);
  });

  test("never takes a negative coefficient", () => {
    const model = fitScalability([1, 2, 4, 8, 16].map((n) => ({ inFlight: n, perSecond: 10 * n ** 1.1 })));
    expect(model).toMatchObject({ sigma: 0, kappa: 0, peakInFlight: Number.POSITIVE_INFINITY });
  });
});

describe("the confirmation run", () => {
  const { answer } = findKnee(levelsOf((n) => Math.min(10 * n, 640)));
  const knee = answer.found === "knee" ? answer : undefined;

  test("confirms a knee where throughput is as expected", () => {
    expect(knee && confirmKnee(knee, { concurrency: 61, requests: 6_000, wallMs: 10_000 })).toMatchObject({
      confirmed: true,
    });
  });

  test("does not where it is less, or where requests fail", () => {
    expect(knee && confirmKnee(knee, { concurrency: 61, requests: 5_000, wallMs: 10_000 })).toMatchObject({
      confirmed: false,
    });
    const failing = { concurrency: 61, requests: 6_200, failed: 100, wallMs: 10_000 };
    expect(knee && confirmKnee(knee, failing)).toMatchObject({ confirmed: false });
  });
});

test("a cap is met exactly where the line reaches it", () => {
  const cap = { kind: "cap", lambda: 10, perSecond: 640 } as const;
  expect([1, 64, 65].map((n) => modelThroughput(cap, n))).toEqual([10, 640, 640]);
});
