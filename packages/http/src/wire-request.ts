import { InvalidRequestError } from "./errors.ts";
import { type CheckedHeaders, checkHeaders, noHeaders, toHeaderList } from "./header-list.ts";
import type { PostOptions } from "./options.ts";
import { encodeBody } from "./request-body.ts";
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
  target: Target,
  options: PostOptions,
  shared: SharedHeaders,
): WireRequest {
  const { origin, path, url, authorization } = target;
  const { body, type } = encodeBody(options, url);
  const plain = options.headers === undefined && type === null && authorization === null;
  const headers = plain ? shared.list : mergeHeaders(options, type, authorization, shared);
  return { origin, path, url, method, headers, body };
}

/** @throws InvalidRequestError unless it is a method of RFC 9110 syntax, and not CONNECT. */
export function checkMethod(method: string): string {
  if (knownMethods.has(method)) return method;
  if (typeof method === "string" && methodToken.test(method) && method.toUpperCase() !== "CONNECT") {
    return method.toUpperCase();
  }
  throw new InvalidRequestError(
    `expected a method such as GET, and not CONNECT, got ${JSON.stringify(method)}`,
  );
}

/** Sending one of them twice has the effect of sending it once (RFC 9110, 9.2.2). */
export const idempotentMethods: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "PUT",
  "DELETE",
]);

const knownMethods: ReadonlySet<string> = new Set([...idempotentMethods, "POST", "PATCH"]);
const methodToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What the body and the URL imply, then the session's fields, then the request's own. */
function mergeHeaders(
  { headers }: PostOptions,
  type: string | null,
  authorization: string | null,
  { fields }: SharedHeaders,
): string[] {
  const implied = new Map<string, readonly string[]>();
  if (type !== null) implied.set("content-type", [type]);
  const ofUrl: CheckedHeaders =
    authorization === null ? noHeaders : new Map([["authorization", [authorization]]]);
  return toHeaderList(implied, fields, ofUrl, headers === undefined ? noHeaders : checkHeaders(headers));
}
