import { OptionError } from "./errors.ts";

/** @throws OptionError unless `value` is an integer within the range. */
export function expectInteger(
  name: string,
  value: number,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new OptionError(`expected an integer ${range} for ${name}, got ${value}`);
}
