import type { ServerModel } from "./servers.ts";
import type { Timeline } from "./simulate.ts";
import { type Part, perSecondIn, type Sweep } from "./sweep.ts";

/** How a run did, compared with the best fixed limit. */
export interface Verdict {
  /** Throughput in the second half, of that of the best fixed limit. */
  readonly late: number;
  /** Round trips until 90 % of the best was reached, from the start and after each change of the server; the worst of them. */
  readonly reachedAfter: number;
  /** Mean limit in the second half of each part, of the smallest fixed one that reaches 98 %; the worst of them. */
  readonly limit: number;
  /** The largest limit there. */
  readonly largest: number;
  /** Share that was refused after the first 40 round trips. */
  readonly refused: number;
}

/** Compares a run with what fixed limits reached on the same server. */
export function judge(
  timeline: Timeline,
  { durationMs }: ServerModel,
  { bestPerSecond, parts }: Sweep,
): Verdict {
  const limits = parts.map((part) => limitIn(timeline, part));
  return {
    late: perSecondIn(timeline, durationMs / 2, durationMs) / bestPerSecond,
    reachedAfter: Math.max(...parts.map((part) => reachedAfter(timeline, part))),
    limit: Math.max(...limits.map(({ mean }) => mean)),
    largest: Math.max(...limits.map(({ largest }) => largest)),
    refused: refusedShare(timeline, 40 * (parts[0] as Part).roundTripMs), // there is always a first part
  };
}

/** The end of the first two round trips in which throughput was high enough, in round trips. */
function reachedAfter(timeline: Timeline, { fromMs, untilMs, bestPerSecond, roundTripMs }: Part): number {
  const { binMs } = timeline;
  const widthMs = Math.max(1, Math.round((2 * roundTripMs) / binMs)) * binMs;
  for (let endMs = fromMs + widthMs; endMs <= untilMs; endMs += binMs) {
    const perSecond = perSecondIn(timeline, endMs - widthMs, endMs);
    if (perSecond >= 0.9 * bestPerSecond) return (endMs - fromMs) / roundTripMs;
  }
  return Number.POSITIVE_INFINITY;
}

function limitIn({ limit, binMs }: Timeline, part: Part): { mean: number; largest: number } {
  const fromMs = (part.fromMs + part.untilMs) / 2;
  const limits = limit.subarray(Math.floor(fromMs / binMs), Math.floor(part.untilMs / binMs));
  return {
    mean: limits.reduce((a, b) => a + b, 0) / limits.length / part.kneeLimit,
    largest: Math.max(...limits) / part.kneeLimit,
  };
}

function refusedShare({ done, rejected, binMs }: Timeline, fromMs: number): number {
  const from = Math.ceil(fromMs / binMs);
  const sum = (bins: Float64Array) => bins.subarray(from).reduce((a, b) => a + b, 0);
  return sum(rejected) / (sum(rejected) + sum(done));
}

/** The worst of each figure. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const most = (figure: (verdict: Verdict) => number) => Math.max(...verdicts.map(figure));
  return {
    late: Math.min(...verdicts.map(({ late }) => late)),
    reachedAfter: most(({ reachedAfter }) => reachedAfter),
    limit: most(({ limit }) => limit),
    largest: most(({ largest }) => largest),
    refused: most(({ refused }) => refused),
  };
}
