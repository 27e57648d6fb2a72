/*
 * PolicyError                      code
 * ├─ PolicyArgumentError           OVERLAP_POLICY_INVALID_ARGUMENT   an option is outside its range
 * └─ TimeLimitError                OVERLAP_POLICY_TIME_LIMIT         the work took too long
 */

/** What every error of this package extends. `code` is stable across versions; messages are not. */
export abstract class PolicyError extends Error {
  /** Stable, documented in `docs/reference/errors.md`. */
  abstract readonly code: string;
}

/** An option of a policy is outside its range; the message says what was expected and what came. */
export class PolicyArgumentError extends PolicyError {
  override readonly name = "PolicyArgumentError";
  readonly code = "OVERLAP_POLICY_INVALID_ARGUMENT";
}

/** The work did not end in time. */
export class TimeLimitError extends PolicyError {
  override readonly name = "TimeLimitError";
  readonly code = "OVERLAP_POLICY_TIME_LIMIT";
  /** The time it was given, in milliseconds. */
  readonly timeoutMs: number;
  /** True when it was told to end and still goes on. */
  readonly abandoned: boolean;

  constructor(timeoutMs: number, abandoned: boolean) {
    const still = abandoned ? ", and has not ended since it was told to" : "";
    super(`not done within ${timeoutMs} ms${still}`);
    this.timeoutMs = timeoutMs;
    this.abandoned = abandoned;
  }
}

/** @internal Returns `value` when it is an integer of at least 1, and throws otherwise. */
export function expectPositiveInteger(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new PolicyArgumentError(`expected a positive integer for ${name}, got ${String(value)}`);
}

/** @internal Returns `value` when it is a number of at least `least`, and throws otherwise. */
export function expectAtLeast(least: number, name: string, value: number): number {
  if (typeof value === "number" && value >= least) return value;
  throw new PolicyArgumentError(`expected a number of at least ${least} for ${name}, got ${String(value)}`);
}

/** @internal Returns `value` when it is a finite number above 0, and throws otherwise. */
export function expectPositive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new PolicyArgumentError(`expected a finite number above 0 for ${name}, got ${String(value)}`);
}
