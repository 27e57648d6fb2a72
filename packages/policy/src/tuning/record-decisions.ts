import type { AutoLimiter } from "./auto-limiter.ts";
import type { Decision } from "./decision.ts";

/** Where decisions are noted down; a `Trace` or a `RunRecorder` of `@overlap/trace` is one. */
export interface DecisionSink {
  /** Its clock, in milliseconds. */
  now(): number;
  /** A counter has another value from now on, for a reason. */
  count(counter: string, value: number, atMs: number, reason: string): void;
}

/**
 * Notes down the limit as it is now and each decision about it, with its reason, as the counter `counter`. Returns what ends it.
 *
 * @example
 * const trace = new Trace();
 * const stop = recordDecisions(limiter, trace);
 */
export function recordDecisions(limiter: AutoLimiter, sink: DecisionSink, counter = "limit"): () => void {
  sink.count(counter, limiter.limit, sink.now(), "where it begins");
  return limiter.onDecision((decision) => {
    sink.count(counter, decision.limit, sink.now(), describeDecision(decision));
  });
}

/**
 * The reason of a decision, with the throughput that it rests on.
 *
 * @example
 * describeDecision(decision); // "more brought +25 % (400/s → 500/s)"
 */
export function describeDecision({ reason, perSecond, beforePerSecond, afterPerSecond }: Decision): string {
  const rate = perSecond < Number.POSITIVE_INFINITY ? `; at most ${rounded(perSecond)}/s` : "";
  if (afterPerSecond === undefined) return reason + rate;
  const before = beforePerSecond === undefined ? "" : `${rounded(beforePerSecond)}/s → `;
  return `${reason} (${before}${rounded(afterPerSecond)}/s)${rate}`;
}

function rounded(perSecond: number): string {
  return perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toPrecision(2);
}
