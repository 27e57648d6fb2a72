import { RetryBudget } from "@overlap/policy";
import fc from "fast-check";
import { expect, test } from "vitest";

test("gives the reserve first, then one retry for every five requests", () => {
  const budget = new RetryBudget({ ratio: 0.2, reserve: 2 });
  expect([budget.tryWithdraw(), budget.tryWithdraw(), budget.tryWithdraw()]).toEqual([true, true, false]);
  for (let request = 0; request < 4; request++) budget.deposit();
  expect(budget.tryWithdraw()).toBe(false);
  budget.deposit();
  expect([budget.tryWithdraw(), budget.tryWithdraw()]).toEqual([true, false]);
});

test("saves up no more than its capacity", () => {
  const budget = new RetryBudget({ ratio: 1, reserve: 1, capacity: 3 });
  for (let request = 0; request < 100; request++) budget.deposit();
  expect(budget.available).toBe(3);
});

test("never allows more than the reserve and the share of the requests, in any order", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 500 }), (events) => {
      const budget = new RetryBudget({ ratio: 0.2, reserve: 3 });
      let requests = 0;
      let retries = 0;
      for (const isRequest of events) {
        if (isRequest) {
          requests++;
          budget.deposit();
        } else if (budget.tryWithdraw()) retries++;
        expect(retries).toBeLessThanOrEqual(3 + requests * 0.2 + 1e-6);
      }
    }),
  );
});

test("refuses a capacity below the reserve", () => {
  expect(() => new RetryBudget({ reserve: 5, capacity: 4 })).toThrow(
    "expected a number of at least 5 for capacity, got 4",
  );
});
