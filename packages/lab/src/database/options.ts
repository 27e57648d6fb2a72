import { OptionError } from "../errors.ts";

/** How the database behaves. Every option may be left out. */
export interface DatabaseOptions {
  /**
   * TCP port, an integer from 0 to 65,535; 0 takes a free one.
   * @default 0
   */
  readonly port?: number;
  /**
   * Host name or address to listen on.
   * @default "127.0.0.1"
   */
  readonly host?: string;
  /**
   * Service time of one `/add` in milliseconds, from 0 to 2,147,483,647; a request may ask for another with `?delay=`.
   * @default 100
   */
  readonly delayMs?: number;
  /**
   * Upper end of the seeded, uniformly distributed time added to every service time, in milliseconds, from 0 to 2,147,483,647.
   * @default 0
   */
  readonly jitterMs?: number;
  /**
   * How many `/add` requests are in service at once, at least 1; the rest wait in order of arrival.
   * @default Infinity
   */
  readonly capacity?: number;
  /**
   * How many `/add` requests enter service per second, evenly spaced and with no burst; any number above 0. The rest wait in
   * order of arrival. With one service time for all, that is also how many are answered per second; with jitter, answers
   * come as unevenly as their service times differ.
   * @default Infinity
   */
  readonly ratePerSecond?: number;
  /**
   * Answer 429 with `Retry-After` (whole seconds) and `retry-after-ms` where `capacity` or `ratePerSecond` would make a
   * request wait.
   * @default false
   */
  readonly reject?: boolean;
  /**
   * Share of `/add` requests that are answered 503 after their service time, with nothing stored: from 0 to 1. Which ones
   * depends only on `seed` and on the order of arrival.
   * @default 0
   */
  readonly failRate?: number;
  /**
   * Seed of the failures, the jitter and the random values; an integer, at least 0.
   * @default 1
   */
  readonly seed?: number;
  /**
   * Path of the SQLite file; it is created when missing, and its rows are kept when it exists.
   * @default a temporary file, which is removed when the database closes
   */
  readonly file?: string;
}

/** Options with every default filled in; no `file` means a temporary one. */
export type ResolvedOptions = Required<Omit<DatabaseOptions, "file">> & Pick<DatabaseOptions, "file">;

/** The longest delay that a timer of Node takes. */
export const maxDelayMs = 2_147_483_647;

/**
 * Fills in the defaults.
 *
 * @throws {@link OptionError} for a value outside its range.
 */
export function resolveOptions(options: DatabaseOptions): ResolvedOptions {
  const resolved: ResolvedOptions = {
    port: integer("port", options.port ?? 0, 0, 65_535),
    host: text("host", options.host ?? "127.0.0.1"),
    delayMs: between("delayMs", options.delayMs ?? 100, 0, maxDelayMs),
    jitterMs: between("jitterMs", options.jitterMs ?? 0, 0, maxDelayMs),
    capacity: positiveInteger("capacity", options.capacity ?? Number.POSITIVE_INFINITY),
    ratePerSecond: positive("ratePerSecond", options.ratePerSecond ?? Number.POSITIVE_INFINITY),
    reject: flag("reject", options.reject ?? false),
    failRate: between("failRate", options.failRate ?? 0, 0, 1),
    seed: integer("seed", options.seed ?? 1, 0, Number.MAX_SAFE_INTEGER),
  };
  return options.file === undefined ? resolved : { ...resolved, file: text("file", options.file) };
}

function integer(name: string, value: unknown, minimum: number, maximum: number): number {
  const fits = Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
  return fits ? Number(value) : refuse(`an integer from ${minimum} to ${maximum}`, name, value);
}

function between(name: string, value: unknown, minimum: number, maximum: number): number {
  const fits = typeof value === "number" && value >= minimum && value <= maximum;
  return fits ? value : refuse(`a number from ${minimum} to ${maximum}`, name, value);
}

function positiveInteger(name: string, value: unknown): number {
  const fits = value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && Number(value) > 0);
  return fits ? Number(value) : refuse("a positive integer", name, value);
}

function positive(name: string, value: unknown): number {
  return typeof value === "number" && value > 0 ? value : refuse("a positive number", name, value);
}

function flag(name: string, value: unknown): boolean {
  return typeof value === "boolean" ? value : refuse("true or false", name, value);
}

function text(name: string, value: unknown): string {
  return typeof value === "string" && value !== "" ? value : refuse("a non-empty string", name, value);
}

function refuse(expected: string, name: string, value: unknown): never {
  const got = typeof value === "string" ? JSON.stringify(value) : String(value);
  throw new OptionError(`expected ${expected} for ${name}, got ${got}`);
}
