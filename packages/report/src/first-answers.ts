import type { Span } from "@overlap/trace";
import { median } from "./statistics.ts";

const FIRST = 10;
const FEWEST = 30;

/**
 * How long the other side takes when it is idle, from a run itself: the median of the first ten answers, which found it so.
 * Only where they differ clearly, all ten being faster than half of the rest (once in a thousand by chance): else nothing is
 * known, and the server may just as well be slow by nature.
 *
 * @param requests in any order; spans of the lane with the most time are looked at, so that short parts don't count as answers
 */
export function firstAnswersMs(requests: readonly Span[]): number | undefined {
  const answers = busiestLane(requests).toSorted((a, b) => a.startMs - b.startMs);
  if (answers.length < FEWEST) return undefined;
  const lengths = answers.map(({ startMs, endMs }) => endMs - startMs);
  const first = lengths.slice(0, FIRST);
  return Math.max(...first) < median(lengths) ? median(first) : undefined;
}

function busiestLane(requests: readonly Span[]): readonly Span[] {
  const lanes = [...Map.groupBy(requests, ({ lane }) => lane).values()];
  return lanes.toSorted((a, b) => totalMs(b) - totalMs(a))[0] ?? [];
}

function totalMs(spans: readonly Span[]): number {
  return spans.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}
