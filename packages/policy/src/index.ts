/**
 * `@overlap/policy`: how much and how often. Small policies that compose; http and pipelines use the same ones. They know no
 * clock but the loop's, and no randomness but what they are given.
 */

// Trying again
export { Backoff, type BackoffOptions } from "./backoff.ts";
export { retry } from "./retry.ts";
export { RetryBudget, type RetryBudgetOptions } from "./retry-budget.ts";
export { type RetryOptions, RetryPolicy, type RetryProgress } from "./retry-policy.ts";

// How long
export { type TimeLimitOptions, timeLimit } from "./time-limit.ts";

// How often
export { RateLimit } from "./rate-limit.ts";
export { type RateOptions, TokenBucket } from "./token-bucket.ts";

// How many at once
export { FixedLimiter } from "./fixed-limiter.ts";
export type { Limiter, Slot, SlotOutcome } from "./limiter.ts";

// How many at once, found out
export { AutoLimiter, type AutoOptions, auto } from "./tuning/auto-limiter.ts";
export type { Decision } from "./tuning/decision.ts";
export { type DecisionSink, describeDecision, recordDecisions } from "./tuning/record-decisions.ts";

// How many together
export { BatchSizer, type BatchSizerOptions } from "./tuning/batch-sizer.ts";

// Each of these for each key
export { type Forgettable, PerKey, type PerKeyOptions } from "./per-key.ts";

// Errors
export { PolicyArgumentError, PolicyError, TimeLimitError } from "./errors.ts";
