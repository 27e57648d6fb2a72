import { FixedLimiter, type Limiter } from "@overlap/policy";
import { isPublicAddress } from "./address-guard.ts";
import type { ConnectorSettings } from "./connector.ts";
import { acceptedCodings } from "./content-coding.ts";
import { InvalidRequestError } from "./errors.ts";
import { checkHeaders, toHeaderList } from "./header-list.ts";
import {
  expectDuration,
  expectPositiveInteger,
  expectTimerDuration,
  longestTimerMs,
} from "./option-checks.ts";
import type { HeaderFields, SessionOptions } from "./options.ts";
import { lookUpBySystem, Resolver } from "./resolver.ts";
import type { Settings } from "./settings.ts";
import type { TransportSettings } from "./transport.ts";
import type { SharedHeaders } from "./wire-request.ts";

/** @throws InvalidRequestError, PolicyArgumentError for an option outside its range. */
export function settleTransport(options: SessionOptions, { connectTimeoutMs }: Settings): TransportSettings {
  const { keepAliveMs = 4_000, keepAliveRetry = true, decompress = true, maxRetryAfterMs = 60_000 } = options;
  const limiter = settleLimit(options.limit ?? 100);
  return {
    limiter,
    ...settlePerHost(options.perHost ?? limiter.limit),
    rate: options.rate ?? null,
    ratePerHost: options.ratePerHost ?? null,
    maxRetryAfterMs: expectDuration("maxRetryAfterMs", maxRetryAfterMs),
    keepAliveMs: expectTimerDuration("keepAliveMs", keepAliveMs),
    keepAliveRetry,
    decompress,
    connector: settleConnector(options, limiter.limit, connectTimeoutMs),
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

function settleLimit(limit: number | Limiter): Limiter {
  return typeof limit === "object" ? limit : new FixedLimiter(expectPositiveInteger("limit", limit));
}

type PerHost = Pick<TransportSettings, "limiterOf" | "limitersAreShared" | "connectionsPerHost">;

function settlePerHost(perHost: number | ((origin: string) => Limiter)): PerHost {
  if (typeof perHost === "function") {
    return { limiterOf: perHost, limitersAreShared: true, connectionsPerHost: mostConnections };
  }
  const limit = expectPositiveInteger("perHost", perHost);
  return { limiterOf: () => new FixedLimiter(limit), limitersAreShared: false, connectionsPerHost: limit };
}

/** To one host whose limit may rise; no more than a machine has ports for. */
const mostConnections = 10_000;

function settleConnector(
  options: SessionOptions,
  limit: number,
  connectTimeoutMs: number,
): TransportSettings["connector"] {
  const { lookup = lookUpBySystem, tls = {}, publicOnly = false, maxConnections = 2 * limit } = options;
  if (expectPositiveInteger("maxConnections", maxConnections) < limit) {
    throw new InvalidRequestError(
      `expected at least ${limit}, the limit, for maxConnections, got ${maxConnections}`,
    );
  }
  const allowAddress = options.allowAddress ?? (publicOnly ? isPublicAddress : null);
  const resolver = new Resolver({
    lookup,
    cacheMs: expectDuration("lookupCacheMs", options.lookupCacheMs ?? 10_000),
    failureCacheMs: expectDuration("lookupFailureCacheMs", options.lookupFailureCacheMs ?? 1_000),
  });
  return { giveUpMs: giveUpAfter(connectTimeoutMs), tls, allowAddress, resolver, maxConnections };
}

/** Requests are failed by their own deadlines, to the millisecond; this ends the connections that nobody waits for any more. */
function giveUpAfter(connectTimeoutMs: number): ConnectorSettings["giveUpMs"] {
  return connectTimeoutMs === Number.POSITIVE_INFINITY
    ? connectTimeoutMs
    : Math.min(connectTimeoutMs + 1_000, longestTimerMs);
}
