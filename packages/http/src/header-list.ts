import { validateHeaderName, validateHeaderValue } from "node:http";
import { InvalidRequestError } from "./errors.ts";
import type { HeaderFields } from "./options.ts";

/** Names in lower case and their values, checked. */
export type CheckedHeaders = ReadonlyMap<string, readonly string[]>;

/** Nothing. */
export const noHeaders: CheckedHeaders = new Map();

/** @throws InvalidRequestError for a name or a value that HTTP does not allow. */
export function checkHeaders(fields: HeaderFields): CheckedHeaders {
  const checked = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(fields)) {
    const values = typeof value === "string" ? [value] : value;
    if (!Array.isArray(values)) throw refuse(name, value);
    for (const each of values) checkField(name, each);
    if (name.toLowerCase() === "host" && values.length !== 1) throw refuseHost(values);
    checked.set(name.toLowerCase(), values);
  }
  return checked;
}

/** What undici takes: name, value, name, value. Later maps replace fields of earlier ones. */
export function toHeaderList(...layers: readonly CheckedHeaders[]): string[] {
  const merged = new Map(layers.flatMap((layer) => [...layer]));
  return [...merged].flatMap(([name, values]) => values.flatMap((value) => [name, value]));
}

/** The list without the fields that have one of `names`, which are in lower case like those of the list. */
export function withoutFields(list: readonly string[], names: ReadonlySet<string>): string[] {
  return list.filter((_, index) => !names.has(list[index - (index % 2)] ?? ""));
}

/** They say how the connection is used, and that is the session's business. undici would refuse most of them. */
const ownFields = new Set([
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
]);

function checkField(name: string, value: unknown): void {
  if (typeof value !== "string") throw refuse(name, value);
  if (ownFields.has(name.toLowerCase())) {
    throw new InvalidRequestError(`expected no header ${name}: the session sets it itself`);
  }
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch (cause) {
    throw new InvalidRequestError(`expected a valid header, got ${JSON.stringify(`${name}: ${value}`)}`, {
      cause,
    });
  }
}

function refuseHost(values: readonly string[]): InvalidRequestError {
  return new InvalidRequestError(`expected one value for the header host, got ${values.length}`);
}

function refuse(name: string, value: unknown): InvalidRequestError {
  return new InvalidRequestError(
    `expected a string or a list of strings for the header ${name}, got ${String(value)}`,
  );
}
