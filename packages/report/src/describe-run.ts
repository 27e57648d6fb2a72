import type { Span } from "@overlap/trace";
import { type Breakdown, breakDown } from "./breakdown.ts";
import { type Diagnosis, diagnose, type RunFigures } from "./diagnosis.ts";
import { firstAnswersMs } from "./first-answers.ts";
import { countWaves, inFlightSteps } from "./in-flight.ts";
import { checkLittle, type LittleCheck } from "./littles-law.ts";
import type { RecordedRun } from "./run-record.ts";
import { percentile } from "./statistics.ts";

/** What a recorded run comes to. */
export interface RunDescription {
  readonly breakdown: Breakdown;
  readonly diagnosis: Diagnosis;
  /** Requests in flight on average. */
  readonly meanInFlight: number;
  /** The mean in flight that was counted, against the one that follows from the spans; left out where nothing was counted. */
  readonly little?: LittleCheck;
  /** Times of the requests, in milliseconds; left out where there was none. */
  readonly answers?: { readonly p50Ms: number; readonly p99Ms: number };
  readonly itemsPerSecond: number;
}

const NOTHING_CAME: Diagnosis = {
  rule: "not-conclusive",
  headline: "Not conclusive: 0 items came from the source; look at what it reads.",
  why: "There was nothing to do.",
};

/** True for the spans in which something was in flight: a request, a save. */
export function isFlight({ kind }: Span): boolean {
  return kind === "io" || kind === "sink";
}

/**
 * Says where the time of a run went and what it was limited by.
 *
 * @throws {@link ReportArgumentError} for figures that can't be: no items, no wall time
 *
 * @example
 * ```ts
 * const times = recorder.stop();
 * const run = { record: { name: "fetch", times, items: 1_000, limit: 100, cores: 2 }, trace: recorder.trace };
 * console.log(describeRun(run).diagnosis.headline);
 * ```
 */
export function describeRun(run: RecordedRun): RunDescription {
  const { record, trace } = run;
  const spans = [...trace.spans()];
  const flights = spans.filter(isFlight);
  const measured = measureFlights(run, spans.length, flights);
  const breakdown = breakDown(record.times, flights);
  const lengths = flights.map(({ startMs, endMs }) => endMs - startMs);
  return {
    breakdown,
    ...measured,
    diagnosis:
      record.items < 1 ? NOTHING_CAME : diagnose(toFigures(run, spans, flights, { ...measured, breakdown })),
    itemsPerSecond: (record.items * 1_000) / record.times.wallMs,
    ...(lengths.length > 0 && {
      answers: { p50Ms: percentile(lengths, 50), p99Ms: percentile(lengths, 99) },
    }),
  };
}

type MeasuredFlights = Pick<RunDescription, "meanInFlight" | "little">;

/** What was counted while it ran comes first; spans are the second, independent measure. */
function measureFlights(
  { record, trace }: RecordedRun,
  kept: number,
  flights: readonly Span[],
): MeasuredFlights {
  const { wallMs, flights: counted } = record.times;
  const scale = kept === 0 ? 1 : (kept + trace.dropped) / kept;
  const totalMs = scale * totalLengthMs(flights);
  if (counted.started === 0) return { meanInFlight: totalMs / wallMs };
  const { meanInFlight } = counted;
  if (flights.length === 0) return { meanInFlight };
  const requests = flights.length * scale;
  return {
    meanInFlight,
    little: checkLittle({ meanInFlight, requests, meanMs: totalMs / requests, wallMs }),
  };
}

function toFigures(
  { record }: RecordedRun,
  spans: readonly Span[],
  flights: readonly Span[],
  { meanInFlight, little, breakdown }: MeasuredFlights & { readonly breakdown: Breakdown },
): RunFigures {
  const { times, delayMs = record.limit > 1 ? firstAnswersMs(flights) : undefined } = record;
  const { threads = 0, limit, boundMs } = record;
  const computedMs = totalLengthMs(spans.filter(({ kind }) => kind === "cpu"));
  return {
    items: record.items,
    failed: record.failed ?? 0,
    wallMs: times.wallMs,
    cores: record.cores,
    mainCpuMs: times.mainCpuMs,
    // The two clocks are read one after the other.
    processCpuMs: Math.max(times.processCpuMs, times.mainCpuMs),
    activeMs: times.activeMs,
    waitingMs: breakdown.waitingMs,
    computingMs: threads > 0 ? 0 : Math.min(computedMs, times.mainCpuMs),
    meanInFlight,
    limit,
    threads,
    requests: Math.max(1, times.flights.started || flights.length),
    waves: countWaves(inFlightSteps(flights)),
    ...(times.coreWaitMs !== undefined && { coreWaitMs: breakdown.crowdedOutMs }),
    ...(times.othersCoreWaitMs !== undefined && { othersCoreWaitMs: times.othersCoreWaitMs }),
    ...(delayMs !== undefined && { delayMs }),
    ...(boundMs !== undefined && { boundMs }),
    ...(little !== undefined && { littleMismatch: little.mismatch }),
  };
}

function totalLengthMs(spans: readonly Span[]): number {
  return spans.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}
