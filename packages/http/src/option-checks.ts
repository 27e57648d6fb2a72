import { InvalidRequestError } from "./errors.ts";

/** Returns `value` when it is an integer of at least 1, and throws otherwise. */
export function expectPositiveInteger(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidRequestError(`expected a positive integer for ${name}, got ${String(value)}`);
}

/** Returns `value` when it is an integer of at least 0, and throws otherwise. */
export function expectCount(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InvalidRequestError(`expected an integer of at least 0 for ${name}, got ${String(value)}`);
}

/** Returns `value` when it is a number above 0, and throws otherwise. */
export function expectPositiveDuration(name: string, value: number): number {
  if (typeof value === "number" && value > 0) return value;
  throw new InvalidRequestError(`expected milliseconds above 0 for ${name}, got ${String(value)}`);
}

/** Returns `value` when it is a number of at least 0, and throws otherwise. */
export function expectDuration(name: string, value: number): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new InvalidRequestError(`expected milliseconds of at least 0 for ${name}, got ${String(value)}`);
}

/** Returns `value` when a timer can count it, and throws otherwise. */
export function expectTimerDuration(name: string, value: number): number {
  if (typeof value === "number" && value > 0 && value <= longestTimerMs) return value;
  throw new InvalidRequestError(
    `expected milliseconds above 0 and at most ${longestTimerMs} for ${name}, got ${String(value)}`,
  );
}

/** Native timers count in a signed 32-bit number. */
const longestTimerMs: number = 2 ** 31 - 1;

/** Returns `value` when it is a whole number of bytes or `Infinity`, and throws otherwise. */
export function expectByteCount(name: string, value: number): number {
  if (value >= 0 && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY)) return value;
  throw new InvalidRequestError(`expected a number of bytes of at least 0 for ${name}, got ${String(value)}`);
}
