import { Backoff, type BackoffOptions, PolicyArgumentError } from "@overlap/policy";
import fc from "fast-check";
import { expect, test } from "vitest";

test("doubles the longest wait from attempt to attempt, up to the longest of all", () => {
  const backoff = new Backoff({ baseDelayMs: 100, maxDelayMs: 1_000, random: () => 1 });
  expect([1, 2, 3, 4, 5, 60].map((attempts) => backoff.delayMs(attempts))).toEqual([
    100, 200, 400, 800, 1_000, 1_000,
  ]);
});

test("waits any time from nothing to the longest", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempts, random) => {
        const delayMs = new Backoff({ random: () => random }).delayMs(attempts);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(Math.min(10_000, 100 * 2 ** (attempts - 1)));
      },
    ),
  );
});

test("does not wait at all without a base, however many attempts failed", () => {
  expect(new Backoff({ baseDelayMs: 0 }).delayMs(5_000)).toBe(0);
});

test.each<[BackoffOptions, string]>([
  [{ baseDelayMs: -1 }, "expected a number of at least 0 for baseDelayMs, got -1"],
  [{ factor: 0.5 }, "expected a number of at least 1 for factor, got 0.5"],
  [{ maxDelayMs: Number.NaN }, "expected a number of at least 0 for maxDelayMs, got NaN"],
])("refuses %j", (options, message) => {
  expect(() => new Backoff(options)).toThrow(new PolicyArgumentError(message));
});
