import type { Interval } from "@overlap/trace";
import { ReportArgumentError } from "./errors.ts";

/**
 * How many of the intervals were going on at once, on average over the wall time: Σ length / wall. By Little's law
 * this is throughput × mean time (Little, "A Proof for the Queuing Formula L = λW", Operations Research 9, 1961).
 *
 * @param intervals what was in flight, such as the `io` spans of a trace
 * @throws {@link ReportArgumentError} for a wall time that is not above 0
 */
export function meanInFlight(intervals: Iterable<Interval>, wallMs: number): number {
  if (!(wallMs > 0)) throw new ReportArgumentError("a number above 0", "wallMs", wallMs);
  let totalMs = 0;
  for (const { startMs, endMs } of intervals) totalMs += endMs - startMs;
  return totalMs / wallMs;
}

/** From `atMs` on, `inFlight` intervals were going on. */
export interface InFlightStep {
  readonly atMs: number;
  readonly inFlight: number;
}

/** How many of the intervals were going on, at each moment at which that changed; ends before starts. */
export function inFlightSteps(intervals: readonly Interval[]): InFlightStep[] {
  const starts = Float64Array.from(intervals, (each) => each.startMs).sort();
  const ends = Float64Array.from(intervals, (each) => each.endMs).sort();
  const steps: InFlightStep[] = [];
  for (let started = 0, ended = 0; ended < ends.length; ) {
    const atMs = Math.min(
      starts[started] ?? Number.POSITIVE_INFINITY,
      ends[ended] ?? Number.POSITIVE_INFINITY,
    );
    while (ended < ends.length && ends[ended] === atMs) ended += 1;
    while (started < starts.length && starts[started] === atMs) started += 1;
    // Intervals of no length have ended in the instant in which they start.
    steps.push({ atMs, inFlight: Math.max(0, started - ended) });
  }
  return steps;
}

/**
 * The mean of a step function in each of `bins` equal parts of [0, endMs]: what a chart that is `bins` pixels wide can
 * show without losing area.
 */
export function meanPerBin(steps: readonly InFlightStep[], endMs: number, bins: number): number[] {
  const widthMs = endMs / bins;
  const means: number[] = [];
  let [next, level, fromMs] = [0, 0, 0];
  for (let bin = 1; bin <= bins; bin++) {
    const edgeMs = bin * widthMs;
    let area = 0;
    for (let step = steps[next]; step !== undefined && step.atMs < edgeMs; step = steps[++next]) {
      const untilMs = Math.max(fromMs, step.atMs);
      area += level * (untilMs - fromMs);
      [level, fromMs] = [step.inFlight, untilMs];
    }
    means.push((area + level * (edgeMs - fromMs)) / widthMs);
    fromMs = edgeMs;
  }
  return means;
}
