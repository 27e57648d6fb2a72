import { InvalidRequestError } from "./errors.ts";
import type { QueryFields } from "./options.ts";
import { appendFields } from "./request-body.ts";

/** Where a request goes. */
export interface Target {
  /** Scheme, host and port, by which connections are kept. */
  readonly origin: string;
  /** Path and query, as they stand in the request line. */
  readonly path: string;
  /** Both together, without user and password. */
  readonly url: string;
  /** The user and the password of the URL as a header value; `null` when it has none. */
  readonly authorization: string | null;
}

/** Keeps the origins seen last, so that the next URL of the same origin need not be parsed as a whole. */
export class TargetParser {
  readonly #origins = new Map<string, string>();

  /** @throws InvalidRequestError when it is no absolute URL of http or https. */
  parse(url: string | URL, query?: QueryFields): Target {
    const text = typeof url === "string" ? url : url.href;
    return (query === undefined ? this.#parseKnown(text) : null) ?? this.#parseFully(text, query);
  }

  /** Of a known origin, and with a path that needs no normalising; else `null`. */
  #parseKnown(url: string): Target | null {
    const pathStart = url.indexOf("/", schemeLength);
    if (pathStart < 0) return null;
    const origin = this.#origins.get(url.slice(0, pathStart));
    if (origin === undefined) return null;
    const path = url.slice(pathStart);
    return plainPath.test(path) && !dotSegment.test(path) ? { origin, path, url, authorization: null } : null;
  }

  #parseFully(text: string, query: QueryFields | undefined): Target {
    const url = parseUrl(text);
    if (query !== undefined) appendFields(url.searchParams, query);
    const target = toTarget(url);
    if (this.#origins.size >= maxOrigins) this.#origins.clear();
    this.#origins.set(target.origin, target.origin);
    return target;
  }
}

/** @throws InvalidRequestError when the URL has another scheme than http or https. */
export function toTarget(url: URL): Target {
  const authorization = toBasicAuthorization(url);
  const path = url.pathname + url.search;
  return { origin: url.origin, path, url: url.origin + path, authorization };
}

const maxOrigins = 1_000;
const schemeLength = "https://".length;

/** Characters that the URL standard leaves as they are in path and query, and no fragment. */
const plainPath = /^\/[A-Za-z0-9\-._~!$&()*+,;=:@/?%[\]|]*$/;
/** `/./` and `/../` are resolved, however they are written. */
const dotSegment = /\/(?:\.|%2e)/i;

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null)
    throw new InvalidRequestError(`expected an absolute URL, got ${quote(text)}`, { url: text });
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new InvalidRequestError(`expected a URL of http or https, got ${quote(text)}`, { url: text });
  }
  return url;
}

/** RFC 7617, in UTF-8. */
function toBasicAuthorization({ username, password }: URL): string | null {
  if (username === "" && password === "") return null;
  const credentials = `${decodePercent(username)}:${decodePercent(password)}`;
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}

/** What is not percent-encoded properly stands for itself. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function quote(text: unknown): string {
  return JSON.stringify(String(text).slice(0, 200));
}
