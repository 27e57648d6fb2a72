import { AutoLimiter, FixedLimiter, type Limiter } from "@overlap/policy";
import { isPublicAddress } from "./address-guard.ts";
import { acceptedCodings } from "./content-coding.ts";
import { InvalidRequestError } from "./errors.ts";
import { checkHeaders, toHeaderList } from "./header-list.ts";
import { expectDuration, expectPositiveInteger, expectTimerDuration } from "./option-checks.ts";
import type { HeaderFields, SessionOptions } from "./options.ts";
import { lookUpBySystem, Resolver } from "./resolver.ts";
import type { TransportSettings } from "./transport.ts";
import type { SharedHeaders } from "./wire-request.ts";

/** @throws InvalidRequestError, PolicyArgumentError for an option outside its range. */
export function settleTransport(options: SessionOptions): TransportSettings {
  const { keepAliveMs = 4_000, keepAliveRetry = true, decompress = true, maxRetryAfterMs = 60_000 } = options;
  const limiter = settleLimit(options.limit ?? 100);
  return {
    limiter,
    ...settlePerHost(options.perHost ?? asManyAsTheSession),
    rate: options.rate ?? null,
    ratePerHost: options.ratePerHost ?? null,
    maxRetryAfterMs: expectDuration("maxRetryAfterMs", maxRetryAfterMs),
    keepAliveMs: expectTimerDuration("keepAliveMs", keepAliveMs),
    keepAliveRetry,
    decompress,
    connector: settleConnector(options, limiter),
    trace: options.trace ?? null,
  };
}

/** @throws InvalidRequestError for a header that HTTP does not allow. */
export function settleHeaders({ headers = {}, decompress = true }: SessionOptions): SharedHeaders {
  const implied: HeaderFields = {
    "user-agent": "overlap",
    ...(decompress && { "accept-encoding": acceptedCodings }),
  };
  const fields = new Map([...checkHeaders(implied), ...checkHeaders(headers)]);
  return { fields, list: toHeaderList(fields) };
}

function settleLimit(limit: number | "auto" | Limiter): Limiter {
  if (limit === "auto") return new AutoLimiter();
  return typeof limit === "object" ? limit : new FixedLimiter(expectPositiveInteger("limit", limit));
}

type PerHost = Pick<TransportSettings, "limiterOf" | "limitersAreShared">;

function settlePerHost(perHost: number | "auto" | ((origin: string) => Limiter)): PerHost {
  // The rate that it may hold gives room by itself.
  if (perHost === "auto") return { limiterOf: () => new AutoLimiter(), limitersAreShared: true };
  if (typeof perHost === "function") {
    return { limiterOf: perHost, limitersAreShared: true };
  }
  const limit = expectPositiveInteger("perHost", perHost);
  return { limiterOf: () => new FixedLimiter(limit), limitersAreShared: false };
}

/** The session's own limit may change; no host ever has more than that in flight. */
const asManyAsTheSession = Number.MAX_SAFE_INTEGER;

function settleConnector(options: SessionOptions, limiter: Limiter): TransportSettings["connector"] {
  const { lookup = lookUpBySystem, tls = {}, publicOnly = false } = options;
  const allowAddress = options.allowAddress ?? (publicOnly ? isPublicAddress : null);
  const resolver = new Resolver({
    lookup,
    cacheMs: expectDuration("lookupCacheMs", options.lookupCacheMs ?? 10_000),
    failureCacheMs: expectDuration("lookupFailureCacheMs", options.lookupFailureCacheMs ?? 1_000),
  });
  return { tls, allowAddress, resolver, mostConnections: settleMostConnections(options, limiter) };
}

function settleMostConnections({ maxConnections }: SessionOptions, limiter: Limiter): () => number {
  if (maxConnections === undefined) return () => 2 * limiter.limit;
  if (expectPositiveInteger("maxConnections", maxConnections) >= limiter.limit) return () => maxConnections;
  throw new InvalidRequestError(
    `expected at least ${limiter.limit}, the limit, for maxConnections, got ${maxConnections}`,
  );
}
