import type { TraceSink } from "@overlap/http";
import { currentLoop } from "@overlap/loop";
import { AutoLimiter, type Decision, FixedLimiter, type Limiter, recordDecisions } from "@overlap/policy";

/** Where the number in flight begins that is to be found: so many servers may hang before anything is found out. */
const start = 16;

/** How many requests may be in flight, and the most that it may ever be. */
export interface FetchLimit {
  readonly limiter: Limiter;
  readonly most: number;
}

/**
 * A number that was given, or one that is found out; then each decision gets into the trace, and into `decisions` with its time from now on.
 */
export function openLimit(
  concurrency: number | "auto",
  trace: TraceSink | null,
  decisions: Decision[],
): FetchLimit {
  if (concurrency !== "auto") return { limiter: new FixedLimiter(concurrency), most: concurrency };
  const startMs = currentLoop().now();
  const onDecision = (decision: Decision) => decisions.push({ ...decision, atMs: decision.atMs - startMs });
  const limiter = new AutoLimiter({ start, onDecision });
  if (trace?.count !== undefined) {
    recordDecisions(limiter, { now: () => trace.now(), count: trace.count.bind(trace) });
  }
  return { limiter, most: limiter.max };
}
