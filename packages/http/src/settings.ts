import type { RetryBudget } from "@overlap/policy";
import { expectByteCount, expectCount, expectPositiveDuration } from "./option-checks.ts";
import type { GetOptions, TransferOptions } from "./options.ts";
import { RetryRules } from "./retry-rules.ts";

/** How one request behaves, every option settled. Requests without options of their own share the session's. */
export interface Settings {
  readonly timeoutMs: number;
  readonly queueTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** The shortest of the deadlines of a request in flight. */
  readonly lookEveryMs: number;
  readonly maxBodyBytes: number;
  readonly followRedirects: boolean;
  readonly maxRedirects: number;
  readonly retry: RetryRules | null;
  /** The answer is there when its header is. */
  readonly stream: boolean;
  /** `timeoutMs` goes on while a streamed body comes. */
  readonly timedStream: boolean;
  /** `maxBodyBytes` of a body that is streamed. */
  readonly maxStreamBytes: number;
}

/** @throws InvalidRequestError for an option outside its range. */
export function settleSession(options: TransferOptions, budget: RetryBudget): Settings {
  const {
    timeoutMs = 30_000,
    queueTimeoutMs = Number.POSITIVE_INFINITY,
    connectTimeoutMs = 10_000,
    headersTimeoutMs = Number.POSITIVE_INFINITY,
    idleTimeoutMs = 30_000,
    maxBodyBytes = 67_108_864,
    followRedirects = true,
    maxRedirects = 10,
    retry = false,
  } = options;
  return withLookEvery({
    timeoutMs: expectPositiveDuration("timeoutMs", timeoutMs),
    queueTimeoutMs: expectPositiveDuration("queueTimeoutMs", queueTimeoutMs),
    connectTimeoutMs: expectPositiveDuration("connectTimeoutMs", connectTimeoutMs),
    headersTimeoutMs: expectPositiveDuration("headersTimeoutMs", headersTimeoutMs),
    idleTimeoutMs: expectPositiveDuration("idleTimeoutMs", idleTimeoutMs),
    maxBodyBytes: expectByteCount("maxBodyBytes", maxBodyBytes),
    followRedirects,
    maxRedirects: expectCount("maxRedirects", maxRedirects),
    retry: retry === false ? null : new RetryRules(retry, budget),
    stream: false,
    timedStream: false,
    maxStreamBytes: Number.POSITIVE_INFINITY,
  });
}

/** @throws InvalidRequestError for an option outside its range. */
export function settleRequest(session: Settings, options: GetOptions, budget: RetryBudget): Settings {
  if (!hasOwnSettings(options)) return session;
  const { timeoutMs, maxBodyBytes, retry, stream = false } = options;
  const settled = settleSession({ ...session, retry: false, ...withoutUndefined(options) }, budget);
  return {
    ...settled,
    retry: retry === undefined ? session.retry : settled.retry,
    stream,
    timedStream: timeoutMs !== undefined,
    maxStreamBytes: maxBodyBytes ?? Number.POSITIVE_INFINITY,
  };
}

function hasOwnSettings(options: GetOptions): boolean {
  for (const name in options) if (!elsewhere.has(name)) return true;
  return false;
}

/** Options that say what is sent, not how. */
const elsewhere: ReadonlySet<string> = new Set([
  "url",
  "method",
  "headers",
  "query",
  "body",
  "json",
  "form",
  "signal",
]);

function withoutUndefined(options: GetOptions): TransferOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function withLookEvery(settings: Omit<Settings, "lookEveryMs">): Settings {
  const { timeoutMs, connectTimeoutMs, headersTimeoutMs, idleTimeoutMs } = settings;
  return { ...settings, lookEveryMs: Math.min(timeoutMs, connectTimeoutMs, headersTimeoutMs, idleTimeoutMs) };
}
