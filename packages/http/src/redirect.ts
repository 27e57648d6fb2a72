import { RedirectError } from "./errors.ts";
import { toHeaderList, withoutFields } from "./header-list.ts";
import { toTarget } from "./target.ts";
import type { WireRequest } from "./wire-request.ts";

/** An answer that led on to another URL. */
export interface Redirect {
  /** Its status: 301, 302, 303, 307 or 308. */
  readonly status: number;
  /** The URL that answered. */
  readonly url: string;
}

/** Whether an answer with this status and this `location` leads on (fetch standard, "redirect status"). */
export function isRedirect(status: number, location: unknown): boolean {
  return (
    location !== undefined &&
    (status === 301 || status === 302 || status === 303 || status === 307 || status === 308)
  );
}

/**
 * The request that a redirect leads to, by the rules of the fetch standard ("HTTP-redirect fetch"): after 301 and 302 a POST becomes
 * a GET, after 303 everything but HEAD; what authorizes is not sent to another origin.
 *
 * @throws RedirectError when it leads to no URL of http or https, or in a circle.
 */
export function followRedirect(
  request: WireRequest,
  status: number,
  location: unknown,
  chain: readonly Redirect[],
): WireRequest {
  const target = toTarget(parseLocation(location, request.url));
  const { origin, path, url, authorization } = target;
  const becomesGet = status === 303 ? request.method !== "HEAD" : status <= 302 && request.method === "POST";
  const method = becomesGet ? "GET" : request.method;
  if (isCircle(url, method, request, chain)) {
    throw new RedirectError(`${request.url} redirects in a circle, back to ${url}`, { url: request.url });
  }
  const dropped = new Set<string>([
    ...(becomesGet ? ofBody : []),
    ...(origin === request.origin ? [] : ofOrigin),
    ...(authorization === null ? [] : ["authorization"]),
  ]);
  const kept = dropped.size === 0 ? request.headers : withoutFields(request.headers, dropped);
  const headers =
    authorization === null ? kept : [...kept, ...toHeaderList(new Map([["authorization", [authorization]]]))];
  return { origin, path, url, method, headers, body: becomesGet ? null : request.body };
}

/** They describe a body that is not sent. */
const ofBody = ["content-type", "content-encoding", "content-language", "content-location"];
/** They are meant for one server only. */
const ofOrigin = ["authorization", "proxy-authorization", "cookie", "host"];

/** A server may set something and send the client back once; twice to the same place is a circle. */
function isCircle(url: string, method: string, request: WireRequest, chain: readonly Redirect[]): boolean {
  if (method !== request.method) return false;
  const visits = chain.reduce((count, visited) => count + (visited.url === url ? 1 : 0), 0);
  return visits + (request.url === url ? 1 : 0) >= 2;
}

function parseLocation(location: unknown, base: string): URL {
  const text = String(Array.isArray(location) ? location[0] : location);
  // Headers are read as Latin-1, and what is not ASCII in a location is UTF-8.
  const url = URL.parse(Buffer.from(text, "latin1").toString("utf8"), base);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) return url;
  const shown = JSON.stringify(text.slice(0, 200));
  throw new RedirectError(`${base} redirects to ${shown}, which is no URL of http or https`, { url: base });
}
