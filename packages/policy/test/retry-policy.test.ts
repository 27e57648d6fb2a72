import { CancelledError } from "@overlap/loop";
import { RetryBudget, type RetryOptions, RetryPolicy } from "@overlap/policy";
import { expect, test } from "vitest";

const failure = new Error("busy");
const random = () => 0.5;

function nextDelayMs(
  options: RetryOptions,
  error: unknown = failure,
  attempts = 1,
  elapsedMs = 0,
): number | null {
  return new RetryPolicy({ random, ...options }).nextDelayMs(error, { attempts, elapsedMs });
}

test("backs off between attempts, and gives up after the last", () => {
  const delays = [1, 2, 3, 4].map((attempts) => nextDelayMs({ attempts: 4 }, failure, attempts));
  expect(delays).toEqual([50, 100, 200, null]);
});

test("asks whether the error is worth it", () => {
  const asked: unknown[] = [];
  const retryIf = (error: unknown, attempts: number) => {
    asked.push(error, attempts);
    return false;
  };
  expect(nextDelayMs({ retryIf }, failure, 2)).toBe(null);
  expect(asked).toEqual([failure, 2]);
});

test("never tries again after a cancel", () => {
  expect(nextDelayMs({ retryIf: () => true }, new CancelledError())).toBe(null);
});

test("waits as long as the error asks for, and the backoff on top", () => {
  expect(nextDelayMs({ maxDelayMs: 1_000 }, { retryAfterMs: 30_000 })).toBe(30_050);
  expect(nextDelayMs({}, { retryAfterMs: "soon" })).toBe(50);
  expect(nextDelayMs({}, null)).toBe(50);
});

test("gives up when the next attempt would begin too late", () => {
  const options = { maxElapsedMs: 1_000 };
  expect(nextDelayMs(options, failure, 1, 950)).toBe(50);
  expect(nextDelayMs(options, failure, 1, 951)).toBe(null);
  expect(nextDelayMs(options, { retryAfterMs: 2_000 }, 1, 0)).toBe(null);
});

test("takes each retry from the budget, and none when it gives up for another reason", () => {
  const budget = new RetryBudget({ reserve: 1, ratio: 0.2 });
  expect(nextDelayMs({ budget, retryIf: () => false })).toBe(null);
  expect(nextDelayMs({ budget, maxElapsedMs: 0 })).toBe(null);
  expect(nextDelayMs({ budget })).toBe(50);
  expect(nextDelayMs({ budget })).toBe(null);
});

test("refuses no attempt at all", () => {
  expect(() => new RetryPolicy({ attempts: 0 })).toThrow("expected a positive integer for attempts, got 0");
});
