import type { Span } from "@overlap/trace";

/** What went on while the limit was full. */
export interface SteadyWindow {
  /** Downloads that ended in it. */
  readonly requests: number;
  /** Those of them that failed. */
  readonly failed: number;
  readonly wallMs: number;
  /** Downloads in flight, on average. */
  readonly meanInFlight: number;
}

/**
 * The part of a run in which the limit was full: from the end of the `concurrency`-th download, when all connections are open and every
 * slot has been taken again, to the last end before the last download began. What is left out, filling and draining, looks like
 * a knee in a short run.
 *
 * @returns `undefined` when there is no such part, because there are too few downloads for the limit
 */
export function steadyWindow(
  spans: readonly Pick<Span, "startMs" | "endMs" | "ok">[],
  concurrency: number,
): SteadyWindow | undefined {
  const ends = spans.map((span) => span.endMs).toSorted((a, b) => a - b);
  const lastStartMs = Math.max(...spans.map((span) => span.startMs));
  const fromMs = ends[concurrency - 1] ?? Number.POSITIVE_INFINITY;
  const untilMs = ends.findLast((endMs) => endMs <= lastStartMs) ?? Number.NEGATIVE_INFINITY;
  const wallMs = untilMs - fromMs;
  if (!(wallMs > 0)) return undefined;
  const ended = spans.filter(({ endMs }) => endMs > fromMs && endMs <= untilMs);
  let busyMs = 0;
  for (const { startMs, endMs } of spans) {
    busyMs += Math.max(0, Math.min(endMs, untilMs) - Math.max(startMs, fromMs));
  }
  return {
    requests: ended.length,
    failed: ended.filter(({ ok }) => !ok).length,
    wallMs,
    meanInFlight: busyMs / wallMs,
  };
}
