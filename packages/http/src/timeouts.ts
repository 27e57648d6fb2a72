import {
  ConnectTimeoutError,
  HeadersTimeoutError,
  type HttpErrorDetails,
  IdleTimeoutError,
  type TimeoutError,
  TotalTimeoutError,
} from "./errors.ts";
import type { Settings } from "./settings.ts";

/** What an attempt waits for: a connection, the header of the answer, its body, nothing any more. */
export type Phase = "connecting" | "sent" | "body" | "ended";

/** How long an attempt may wait for what it waits for. */
export function timeoutOf(phase: Phase, settings: Settings): number {
  switch (phase) {
    case "connecting":
      return settings.connectTimeoutMs;
    case "sent":
      return settings.headersTimeoutMs;
    case "body":
      return settings.idleTimeoutMs;
    case "ended":
      return Number.POSITIVE_INFINITY;
  }
}

/** Says that an attempt waited too long for what it waited for. */
export function toPhaseTimeout(phase: Phase, settings: Settings, details: HttpErrorDetails): TimeoutError {
  const { url } = details;
  const forMs = `${timeoutOf(phase, settings)} ms`;
  if (phase === "connecting")
    return new ConnectTimeoutError(`${url} had no connection within ${forMs}`, details);
  if (phase === "sent") return new HeadersTimeoutError(`${url} sent no header within ${forMs}`, details);
  return new IdleTimeoutError(`${url} sent nothing of its body for ${forMs}`, details);
}

/** Says that an answer was not complete in time. */
export function toTotalTimeout(begun: boolean, timeoutMs: number, details: HttpErrorDetails): TimeoutError {
  const how = begun ? "did not finish its answer" : "did not answer";
  return new TotalTimeoutError(`${details.url} ${how} within ${timeoutMs} ms`, details);
}
