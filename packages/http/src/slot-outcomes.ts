import type { SlotOutcome } from "@overlap/policy";
import { ConnectError, type HttpError, TimeoutError } from "./errors.ts";

/** What an answer tells the limiter. */
export function outcomeOfStatus(status: number): SlotOutcome {
  if (status === 429 || status === 503) return "overload";
  return status >= 500 ? "error" : "ok";
}

/** What a failure tells the limiter: a refused connection and a server that takes too long are signs of too much work. */
export function outcomeOfFailure(failure: HttpError): SlotOutcome {
  return failure instanceof ConnectError || failure instanceof TimeoutError ? "overload" : "error";
}
