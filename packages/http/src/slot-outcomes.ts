import type { SlotOutcome } from "@overlap/policy";
import { ConnectError, type HttpError, TimeoutError } from "./errors.ts";
import type { ResponseHeaders } from "./response.ts";

/** What an answer tells the limiter. */
export function outcomeOfAnswer(status: number, headers: ResponseHeaders): SlotOutcome {
  if (status === 429 || status === 503) return saysWhen(headers) ? "rate-limited" : "overload";
  return status >= 500 ? "error" : "ok";
}

/** It says when to come back, or how many may come in which time (RFC 9110, 10.2.3; draft-ietf-httpapi-ratelimit-headers). */
function saysWhen(headers: ResponseHeaders): boolean {
  return Object.keys(headers).some((name) => /^(retry-after$|(x-)?ratelimit)/i.test(name));
}

/** What a failure tells the limiter: a refused connection and a server that takes too long are signs of too much work. */
export function outcomeOfFailure(failure: HttpError): SlotOutcome {
  return failure instanceof ConnectError || failure instanceof TimeoutError ? "overload" : "error";
}
