import type { Span } from "@overlap/trace";
import { median } from "./statistics.ts";

const FIRST = 10;
const FEWEST = 30;
/** With ten values against many the share has a deviation of √(1/120) about ½: beyond 3.2 of that, once in a thousand by chance. */
const CLEARLY_FASTER = 0.79;

/**
 * How long the other side takes when it is idle, from a run itself: the median of the first ten answers, which found it so.
 * Only where these are clearly faster than the others: else nothing is known, and the server may just as well be slow by nature.
 * Clear is a share of 0.79 of the pairs of a first and a later answer in which the first is faster, whatever the distribution:
 * Mann and Whitney, "On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other", Annals of
 * Mathematical Statistics 18 (1947).
 *
 * @param requests in any order; spans of the lane with the most time are looked at, so that short parts don't count as answers
 */
export function firstAnswersMs(requests: readonly Span[]): number | undefined {
  const answers = busiestLane(requests).toSorted((a, b) => a.startMs - b.startMs);
  if (answers.length < FEWEST) return undefined;
  const lengths = answers.map(({ startMs, endMs }) => endMs - startMs);
  const [first, later] = [lengths.slice(0, FIRST), lengths.slice(FIRST)];
  return shareFaster(first, later) > CLEARLY_FASTER ? median(first) : undefined;
}

/** The share of all pairs in which the value of `first` is less; a tie is half a pair. */
function shareFaster(first: readonly number[], later: readonly number[]): number {
  let pairs = 0;
  for (const one of first) for (const other of later) pairs += one < other ? 1 : one === other ? 0.5 : 0;
  return pairs / (first.length * later.length);
}

function busiestLane(requests: readonly Span[]): readonly Span[] {
  const lanes = [...Map.groupBy(requests, ({ lane }) => lane).values()];
  return lanes.toSorted((a, b) => totalMs(b) - totalMs(a))[0] ?? [];
}

function totalMs(spans: readonly Span[]): number {
  return spans.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}
