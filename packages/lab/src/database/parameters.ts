import { maxDelayMs } from "./options.ts";
import { Refusal } from "./refusals.ts";
import type { AddRequest } from "./service.ts";
import type { RowsQuery } from "./store.ts";

/** The decoded query of a URL; a parameter that comes twice is an array. An empty one counts as left out. */
export type Query = Readonly<Record<string, unknown>>;

const defaultLimit = 1_000;
const maxLimit = 10_000;

/** Reads `name`, `delay` and the value: the body, or `value`, or neither. */
export function toAddRequest(query: Query, body: unknown, defaultDelayMs: number): AddRequest {
  const value = typeof body === "string" && body !== "" ? body : text(query, "value");
  const delayMs = number(query, "delay", 0, maxDelayMs) ?? defaultDelayMs;
  return { name: toName(query) ?? "", value, delayMs };
}

/** Reads `name`, `after` and `limit`. */
export function toRowsQuery(query: Query): RowsQuery {
  const after = integer(query, "after", 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const limit = integer(query, "limit", 1, maxLimit) ?? defaultLimit;
  return { name: toName(query), after, limit };
}

/** Reads `name`; undefined stands for all names. */
export function toName(query: Query): string | undefined {
  return text(query, "name");
}

function text(query: Query, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || value === "") return undefined;
  return typeof value === "string" ? value : refuse(`one ${name}`, name, value);
}

function number(query: Query, name: string, minimum: number, maximum: number): number | undefined {
  return read(query, name, "a number", minimum, maximum, Number.isFinite);
}

function integer(query: Query, name: string, minimum: number, maximum: number): number | undefined {
  return read(query, name, "an integer", minimum, maximum, Number.isInteger);
}

function read(
  query: Query,
  name: string,
  kind: string,
  minimum: number,
  maximum: number,
  isKind: (value: number) => boolean,
): number | undefined {
  const given = text(query, name);
  if (given === undefined) return undefined;
  const value = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
  const fits = isKind(value) && value >= minimum && value <= maximum;
  return fits ? value : refuse(`${kind} from ${minimum} to ${maximum}`, name, given);
}

function refuse(expected: string, name: string, value: unknown): never {
  const message = `expected ${expected} for ${name}, got ${JSON.stringify(value)}`;
  throw new Refusal(400, "OVERLAP_LAB_BAD_PARAMETER", message);
}
