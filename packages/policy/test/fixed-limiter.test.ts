import { FixedLimiter } from "@overlap/policy";
import { describe, expect, test } from "vitest";
import { describeLimiter } from "./limiter-contract.ts";

describe("a fixed limiter", () => {
  describeLimiter(() => new FixedLimiter(2));

  test("refuses a limit of nothing", () => {
    expect(() => new FixedLimiter(0)).toThrow("expected a positive integer for limit, got 0");
  });
});
