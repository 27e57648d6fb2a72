import { InvalidRequestError } from "./errors.ts";
import { type CheckedHeaders, checkHeaders, noHeaders, toHeaderList } from "./header-list.ts";
import type { PostOptions } from "./options.ts";
import type { Target } from "./target.ts";

/** A request as undici takes it, and as it is sent again. */
export interface WireRequest {
  readonly origin: string;
  readonly path: string;
  readonly url: string;
  readonly method: string;
  readonly headers: string[];
  readonly body: string | Uint8Array | null;
}

/** The headers of a session: most requests share the list as it is. */
export interface SharedHeaders {
  readonly fields: CheckedHeaders;
  readonly list: string[];
}

/** @throws InvalidRequestError for a method, header or body that cannot be sent. */
export function toWireRequest(
  method: string,
  { origin, path, url }: Target,
  options: PostOptions,
  shared: SharedHeaders,
): WireRequest {
  const { body, type } = encodeBody(options, url);
  const plain = options.headers === undefined && type === null;
  const headers = plain ? shared.list : mergeHeaders(options, type, shared);
  return { origin, path, url, method, headers, body };
}

/** @throws InvalidRequestError unless it is a method of RFC 9110 syntax, and not CONNECT. */
export function checkMethod(method: string): string {
  if (typeof method === "string" && methodToken.test(method) && method.toUpperCase() !== "CONNECT") {
    return method.toUpperCase();
  }
  throw new InvalidRequestError(
    `expected a method such as GET, and not CONNECT, got ${JSON.stringify(method)}`,
  );
}

/** Sending it twice has the effect of sending it once (RFC 9110, 9.2.2). */
export function isIdempotent(method: string): boolean {
  return idempotentMethods.has(method);
}

const methodToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const idempotentMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

function mergeHeaders({ headers }: PostOptions, type: string | null, { fields }: SharedHeaders): string[] {
  const implied: CheckedHeaders = type === null ? noHeaders : new Map([["content-type", [type]]]);
  return toHeaderList(implied, fields, headers === undefined ? noHeaders : checkHeaders(headers));
}

interface EncodedBody {
  readonly body: string | Uint8Array | null;
  /** The content type, unless a header names one. */
  readonly type: string | null;
}

const noBody: EncodedBody = { body: null, type: null };

function encodeBody({ body, json }: PostOptions, url: string): EncodedBody {
  if (json !== undefined) {
    if (body !== undefined) throw new InvalidRequestError("expected body or json, got both", { url });
    return { body: encodeJson(json, url), type: "application/json" };
  }
  if (body === undefined) return noBody;
  if (typeof body === "string") return { body, type: "text/plain;charset=utf-8" };
  if (body instanceof Uint8Array) return { body, type: null };
  throw new InvalidRequestError(`expected a string or a Uint8Array for body, got ${typeof body}`, { url });
}

function encodeJson(value: unknown, url: string): string {
  let cause: unknown;
  try {
    // Typed as string, but undefined for a function or a symbol.
    const text = JSON.stringify(value) as string | undefined;
    if (text !== undefined) return text;
  } catch (error) {
    cause = error;
  }
  throw new InvalidRequestError("expected a value that JSON can express for json", { url, cause });
}
