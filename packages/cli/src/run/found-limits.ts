import { type Column, formatCount, formatMs, textTable } from "@overlap/report";
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

/** Every decision about a limit that tunes itself: when, in which stage, what, and why. */
export function explainLimits(trace: Trace, startMs: number): string {
  const changes = limitChanges(trace);
  if (changes.length === 0) return "No stage looked for its own number; --concurrency STAGE=auto lets one.\n";
  const columns: readonly Column<CounterSample>[] = [
    { header: "after", value: ({ atMs }) => atMs - startMs, format: formatMs },
    { header: "stage", value: ({ counter }) => counter.slice(prefix.length) },
    { header: "limit", value: ({ value }) => value, format: formatCount },
    { header: "why", value: ({ reason }) => reason },
  ];
  return `${textTable(columns, changes)}\n\n`;
}
