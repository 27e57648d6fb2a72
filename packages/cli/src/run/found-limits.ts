import type { CounterSample, Trace } from "@overlap/trace";

/** What a pipeline calls the counter of a limit that tunes itself. */
const prefix = "limit of ";

/** How the limits changed that tuned themselves. */
export function limitChanges(trace: Trace): CounterSample[] {
  return [...trace.counters()].filter(({ counter }) => counter.startsWith(prefix));
}

/** What they came to in the end, by the stage's name. */
export function foundLimits(trace: Trace): ReadonlyMap<string, number> {
  return new Map(limitChanges(trace).map(({ counter, value }) => [counter.slice(prefix.length), value]));
}
