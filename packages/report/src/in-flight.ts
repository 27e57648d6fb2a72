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

/** The time in which at least one of the intervals was going on. */
export function unionMs(intervals: Iterable<Interval>): number {
  let totalMs = 0;
  let fromMs = Number.NaN;
  for (const { atMs, inFlight } of inFlightSteps([...intervals])) {
    if (inFlight > 0 && Number.isNaN(fromMs)) fromMs = atMs;
    if (inFlight > 0 || Number.isNaN(fromMs)) continue;
    totalMs += atMs - fromMs;
    fromMs = Number.NaN;
  }
  return totalMs;
}

/** A wave has risen when most of the peak is in flight, and is over when hardly anything is. */
const RISEN = 0.8;
const OVER = 0.2;

/** How often what is in flight rose to (nearly) its peak and then fell to (nearly) nothing. */
export function countWaves(steps: readonly InFlightStep[]): number {
  const peak = steps.reduce((most, { inFlight }) => Math.max(most, inFlight), 0);
  let waves = 0;
  let risen = false;
  for (const { inFlight } of steps) {
    if (inFlight >= RISEN * peak) risen = true;
    if (!risen || inFlight > OVER * peak) continue;
    waves += 1;
    risen = false;
  }
  return peak > 1 ? waves : 0;
}
