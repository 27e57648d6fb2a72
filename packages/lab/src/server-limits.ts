import type { DatabaseOptions } from "./database/options.ts";
import { OptionError } from "./errors.ts";
import { expectInteger } from "./expect-integer.ts";

/** How slow and how narrow the server of an experiment is. */
export interface ServerLimitOptions {
  /** What the server takes for an answer, in milliseconds; at least 0. @default 100 */
  readonly delayMs?: number;
  /** Up to how much is added to that at random, in milliseconds; at least 0. @default 0 */
  readonly jitterMs?: number;
  /** How many requests are in service at once; the rest wait. At least 1. @default no limit */
  readonly capacity?: number;
  /** How many answers there are per second; the rest wait. Above 0. @default no limit */
  readonly ratePerSecond?: number;
  /**
   * Address of a database that runs already; `jitterMs`, `capacity` and `ratePerSecond` are its own business then.
   * @default one of the experiment's own, in a process that ends with it
   */
  readonly address?: string;
}

/** @throws OptionError for a value outside its range, or a limit for a database that is not the experiment's own. */
export function resolveServerLimits(
  options: ServerLimitOptions,
): ServerLimitOptions & Required<Pick<ServerLimitOptions, "delayMs">> {
  const { delayMs = 100, jitterMs, capacity, ratePerSecond, address } = options;
  expectInteger("delayMs", delayMs, 0);
  if (address === undefined) return { ...options, delayMs };
  for (const [name, value] of Object.entries({ jitterMs, capacity, ratePerSecond })) {
    if (value !== undefined)
      throw new OptionError(`expected no ${name} for the database at ${address}; start that one with it`);
  }
  return { ...options, delayMs };
}

/** The database that an experiment starts for them. */
export function databaseOptions(limits: ServerLimitOptions): DatabaseOptions {
  const { delayMs, jitterMs, capacity, ratePerSecond } = limits;
  return {
    ...(delayMs !== undefined && { delayMs }),
    ...(jitterMs !== undefined && { jitterMs }),
    ...(capacity !== undefined && { capacity }),
    ...(ratePerSecond !== undefined && { ratePerSecond }),
  };
}

/** The fewest milliseconds in which such a server can answer so many requests, at most `concurrency` of them in flight. */
export function fewestServerMs(
  items: number,
  concurrency: number,
  { delayMs = 0, capacity = Number.POSITIVE_INFINITY, ratePerSecond }: ServerLimitOptions,
): number {
  const byLimit = Math.ceil(items / Math.min(concurrency, capacity)) * delayMs;
  return ratePerSecond === undefined ? byLimit : Math.max(byLimit, (items * 1_000) / ratePerSecond);
}

/** Those that are set, for the context line of a page. */
export function serverLimitFacts({ delayMs, jitterMs, capacity, ratePerSecond }: ServerLimitOptions): {
  label: string;
  value: string | number;
}[] {
  return [
    {
      label: "server",
      value: jitterMs === undefined ? `${delayMs} ms` : `${delayMs} to ${(delayMs ?? 0) + jitterMs} ms`,
    },
    ...(capacity === undefined ? [] : [{ label: "capacity", value: capacity }]),
    ...(ratePerSecond === undefined ? [] : [{ label: "rate", value: `${ratePerSecond} per second` }]),
  ];
}
