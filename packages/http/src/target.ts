import { InvalidRequestError } from "./errors.ts";
import type { QueryFields } from "./options.ts";

/** Where a request goes. */
export interface Target {
  /** Scheme, host and port, as undici keys its connections. */
  readonly origin: string;
  /** Path and query, as they stand in the request line. */
  readonly path: string;
  /** Both together. */
  readonly url: string;
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
    return plainPath.test(path) && !dotSegment.test(path) ? { origin, path, url } : null;
  }

  #parseFully(text: string, query: QueryFields | undefined): Target {
    const url = parseUrl(text);
    if (query !== undefined) appendQuery(url, query);
    const { origin } = url;
    const path = url.pathname + url.search;
    if (this.#origins.size >= maxOrigins) this.#origins.clear();
    this.#origins.set(origin, origin);
    return { origin, path, url: origin + path };
  }
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
  if (url.username !== "" || url.password !== "") {
    url.username = "";
    url.password = "";
    throw new InvalidRequestError(
      `expected a URL without user and password, got one for ${url.href}: send an authorization header instead`,
      { url: url.href },
    );
  }
  return url;
}

function appendQuery(url: URL, query: QueryFields): void {
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(each));
  }
}

function quote(text: unknown): string {
  return JSON.stringify(String(text).slice(0, 200));
}
