import { AutoLimiter, type Limiter, recordDecisions } from "@overlap/policy";
import type { TraceSink } from "./trace-sink.ts";

/** Notes down how a limit changes that tunes itself. Returns what ends it; `null` when there is nothing to note down, or nowhere. */
export function recordLimit(limiter: Limiter, trace: TraceSink | null, counter: string): (() => void) | null {
  if (!(limiter instanceof AutoLimiter) || trace?.count === undefined) return null;
  const { count } = trace;
  return recordDecisions(limiter, { now: () => trace.now(), count: count.bind(trace) }, counter);
}
