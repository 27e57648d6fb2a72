import type { ResponseTimings } from "./response.ts";
import type { AttemptTimes } from "./spans.ts";

/** The moments of an attempt, counted from the call; `endMs` is when it ended, on the loop's clock. */
export function toTimings(times: AttemptTimes, calledAtMs: number, endMs: number): ResponseTimings {
  return {
    queuedMs: times.startedAtMs - calledAtMs,
    connectMs: times.sentAtMs - calledAtMs,
    firstByteMs: times.firstByteAtMs - calledAtMs,
    endMs: endMs - calledAtMs,
  };
}
