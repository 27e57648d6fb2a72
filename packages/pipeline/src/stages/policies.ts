import {
  AutoLimiter,
  FixedLimiter,
  type Limiter,
  PerKey,
  RateLimit,
  type RateOptions,
  type RetryOptions,
  RetryPolicy,
} from "@overlap/policy";
import { expectMilliseconds, expectPositiveInteger, PipelineOptionError } from "../errors.ts";

/** How often, how long and how many at once: options that `.io()` and `.to()` share. */
export interface PolicyOptions<T = never> {
  /**
   * Calls in flight at most: a number of at least 1; `"auto"`, which finds out how many bring the most while the job runs; or a limiter, such as
   * `auto({ max })`, which may be shared and may change its mind. A call tells it that the other side refused by throwing an error
   * with `status` 429 or 503, or `retryAfterMs`.
   * @default 100 for `.io()`, 1 for `.to()`, or what the sink says
   */
  readonly concurrency?: number | "auto" | Limiter;
  /** Milliseconds that one attempt may take; its signal fires then. At least 0. @default Infinity */
  readonly timeoutMs?: number;
  /** Milliseconds that an item may take in this stage, all attempts and waits included. At least 0. @default Infinity */
  readonly totalTimeoutMs?: number;
  /**
   * Milliseconds that cancelled work may take to end after its signal has fired. Until then it keeps its slot; after that it is left
   * alone. At least 0. @default 5_000
   */
  readonly abandonAfterMs?: number;
  /**
   * When and how often an item is tried again: options or a policy of `@overlap/policy`. Between two attempts the item keeps its place
   * among those in flight, so that a service in trouble is asked less. @default one attempt
   */
  readonly retry?: RetryOptions | RetryPolicy;
  /** Attempts begun per second at most: options, or a `RateLimit` that others share. @default no limit */
  readonly rate?: RateOptions | RateLimit;
  /** Limits for each key, such as the host of a URL. @default none */
  readonly per?: PerKeyLimits<T>;
}

/** Limits that hold for each key by itself. Items that wait for their key's turn let those of other keys pass. */
export interface PerKeyLimits<T = never> {
  /** What the items that share a limit have in common. */
  readonly key: (item: T) => string;
  /** Items of one key in flight at most; at least 1. @default no limit */
  readonly concurrency?: number;
  /** Attempts per second at most, for each key. @default no limit */
  readonly rate?: RateOptions;
  /** Items that may wait for their key's turn beside those in flight; at least 1. @default 1_000 */
  readonly waiting?: number;
}

/** The limits of one key. */
export class KeyLimits {
  readonly slots: FixedLimiter | null;
  readonly rate: RateLimit | null;

  constructor({ concurrency, rate }: PerKeyLimits) {
    this.slots = concurrency === undefined ? null : new FixedLimiter(concurrency);
    this.rate = rate === undefined ? null : new RateLimit(rate);
  }

  get idle(): boolean {
    return this.slots?.idle !== false && this.rate?.idle !== false;
  }
}

/** The policies of one stage in one run. */
export interface Policies {
  /** Where slots come from that the stage doesn't count itself. */
  readonly limiter: Limiter | null;
  readonly timeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly abandonAfterMs: number;
  readonly retry: RetryPolicy | null;
  readonly rate: RateLimit | null;
  readonly per: { readonly key: (item: never) => string; readonly limits: PerKey<string, KeyLimits> } | null;
}

/** How many items a stage takes, and by which policies. */
export interface ResolvedPolicies {
  /** Items in the stage's hands at most, those that wait for their turn included. */
  readonly admitted: () => number;
  /** Results that may lie ready: as many as may be in flight. */
  readonly limit: () => number;
  /** `null` when calls need nothing but a slot. */
  readonly policies: Policies | null;
  readonly abandonAfterMs: number;
}

/** Checks what doesn't depend on a run. @throws PipelineOptionError, PolicyArgumentError. */
export function checkPolicies(options: PolicyOptions): void {
  const { concurrency = 1, timeoutMs = 0, totalTimeoutMs = 0, abandonAfterMs = 0, per } = options;
  checkConcurrency(concurrency);
  expectMilliseconds("timeoutMs", timeoutMs);
  expectMilliseconds("totalTimeoutMs", totalTimeoutMs);
  expectMilliseconds("abandonAfterMs", abandonAfterMs);
  if (per?.waiting !== undefined) expectPositiveInteger("per.waiting", per.waiting);
  if (per !== undefined) new KeyLimits(per);
  toRetryPolicy(options.retry);
  toRateLimit(options.rate);
}

function checkConcurrency(concurrency: number | "auto" | Limiter): void {
  if (concurrency === "auto") return;
  if (typeof concurrency === "number") expectPositiveInteger("concurrency", concurrency);
  else if (typeof concurrency.acquire !== "function")
    throw new PipelineOptionError(
      `expected a number, "auto" or a limiter for concurrency, got ${JSON.stringify(concurrency)}`,
    );
}

/** How many calls may be in flight, as it was declared; where the number tunes itself, the most that it may become. */
export function declaredLimit({ concurrency }: PolicyOptions, byDefault: number): number {
  if (concurrency === undefined || typeof concurrency === "number") return concurrency ?? byDefault;
  return mostOf(concurrency === "auto" ? new AutoLimiter() : concurrency);
}

/** What a limiter's limit may become. */
function mostOf(limiter: Limiter): number {
  return limiter instanceof AutoLimiter ? limiter.max : limiter.limit;
}

/** The policies of one run: limits for each key, and rates that nobody shares, begin afresh. */
export function resolvePolicies(options: PolicyOptions, concurrency: number | Limiter): ResolvedPolicies {
  const { per, abandonAfterMs = 5_000 } = options;
  const limiter = limiterOf(concurrency, per);
  const policies: Policies = {
    limiter,
    timeoutMs: options.timeoutMs ?? Number.POSITIVE_INFINITY,
    totalTimeoutMs: options.totalTimeoutMs ?? Number.POSITIVE_INFINITY,
    abandonAfterMs,
    retry: toRetryPolicy(options.retry),
    rate: toRateLimit(options.rate),
    per: per === undefined ? null : { key: per.key, limits: new PerKey(() => new KeyLimits(per)) },
  };
  const waiting = per === undefined ? 0 : (per.waiting ?? 1_000);
  const limit = typeof concurrency === "number" ? () => concurrency : () => concurrency.limit;
  return {
    admitted: () => limit() + waiting,
    limit,
    policies: needsNone(policies) ? null : policies,
    abandonAfterMs,
  };
}

/** A stage whose items wait for their keys takes more of them than it has slots. */
function limiterOf(concurrency: number | Limiter, per: PerKeyLimits | undefined): Limiter | null {
  if (typeof concurrency !== "number") return concurrency;
  return per === undefined ? null : new FixedLimiter(concurrency);
}

function needsNone({ limiter, timeoutMs, totalTimeoutMs, retry, rate, per }: Policies): boolean {
  const endless = Math.min(timeoutMs, totalTimeoutMs) === Number.POSITIVE_INFINITY;
  return endless && limiter === null && retry === null && rate === null && per === null;
}

function toRetryPolicy(retry: RetryOptions | RetryPolicy | undefined): RetryPolicy | null {
  if (retry === undefined || retry instanceof RetryPolicy) return retry ?? null;
  return new RetryPolicy(retry);
}

function toRateLimit(rate: RateOptions | RateLimit | undefined): RateLimit | null {
  if (rate === undefined || rate instanceof RateLimit) return rate ?? null;
  return new RateLimit(rate);
}
