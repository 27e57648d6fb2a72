import { packLanes } from "./pack-lanes.ts";
import type { CounterSample, Span } from "./span.ts";
import { groupSpans, type SpanGroup } from "./span-groups.ts";
import { inPieces } from "./text-pieces.ts";
import type { Trace } from "./trace.ts";

/** One of several runs that go into the same file: each becomes a process of the viewer, and each begins at 0. */
export interface ChromeRun {
  readonly name: string;
  readonly trace: Trace;
}

/**
 * A trace, or several runs, as Chrome Trace Event JSON, in pieces of text to write one after the other; opens in
 * https://ui.perfetto.dev and `chrome://tracing`.
 *
 * Viewers drop events that overlap on one track, so the spans of each lane and kind are packed into as many tracks
 * as overlap ({@link packLanes}). Time 0 is the earliest span or sample. A counter sample with a reason becomes an instant
 * event too. Format: "Trace Event Format", Google, 2016.
 *
 * @example
 * ```ts
 * await writeFile("trace.json", toChromeTrace(trace));
 * ```
 */
export function toChromeTrace(traces: Trace | readonly ChromeRun[]): IterableIterator<string> {
  return inPieces(document("length" in traces ? traces : [{ name: "overlap", trace: traces }]));
}

function* document(runs: readonly ChromeRun[]): IterableIterator<string> {
  const dropped = runs.reduce((sum, { trace }) => sum + trace.dropped, 0);
  yield `{"displayTimeUnit":"ms","otherData":{"spansDropped":${dropped}},"traceEvents":[`;
  let separator = "";
  for (const [index, run] of runs.entries()) {
    for (const event of runEvents(run, index + 1)) {
      yield separator + JSON.stringify(event);
      separator = ",\n";
    }
  }
  yield "]}\n";
}

function* runEvents({ name, trace }: ChromeRun, pid: number): IterableIterator<object> {
  const spans = [...trace.spans()];
  const samples = [...trace.counters()];
  const originMs = Math.min(
    spans[0]?.startMs ?? Number.POSITIVE_INFINITY,
    samples[0]?.atMs ?? Number.POSITIVE_INFINITY,
  );
  yield { ph: "M", pid, name: "process_name", args: { name } };
  let firstTrack = 1;
  for (const group of groupSpans(spans)) {
    const { laneOf, laneCount } = packLanes(group.spans);
    yield* trackNames(group, pid, firstTrack, laneCount);
    for (const [index, span] of group.spans.entries()) {
      yield completeEvent(span, { pid, tid: firstTrack + (laneOf[index] ?? 0) }, originMs);
    }
    firstTrack += laneCount;
  }
  for (const sample of samples) yield* counterEvents(sample, pid, originMs);
}

function* trackNames(
  group: SpanGroup,
  pid: number,
  firstTrack: number,
  count: number,
): IterableIterator<object> {
  for (let track = 0; track < count; track++) {
    const event = { ph: "M", pid, tid: firstTrack + track };
    const name = `${group.lane} ${group.kind} ${track + 1}`;
    yield { ...event, name: "thread_name", args: { name } };
    yield { ...event, name: "thread_sort_index", args: { sort_index: firstTrack + track } };
  }
}

function completeEvent(
  span: Span,
  track: { readonly pid: number; readonly tid: number },
  originMs: number,
): object {
  const startNs = nanoseconds(span.startMs - originMs);
  return {
    ph: "X",
    ...track,
    ts: startNs / 1_000,
    dur: (nanoseconds(span.endMs - originMs) - startNs) / 1_000,
    name: span.label || span.kind,
    cat: span.kind,
    ...(span.ok ? {} : { cname: "terrible" }),
    args: { lane: span.lane, ok: span.ok },
  };
}

function* counterEvents(
  { counter, value, atMs, reason }: CounterSample,
  pid: number,
  originMs: number,
): IterableIterator<object> {
  const ts = nanoseconds(atMs - originMs) / 1_000;
  yield { ph: "C", pid, ts, name: counter, args: { value } };
  // The scope "p" draws it across the whole process; an instant event of a thread would need one.
  if (reason !== "")
    yield {
      ph: "i",
      s: "p",
      pid,
      tid: 0,
      ts,
      name: `${counter} ${value}: ${reason}`,
      args: { counter, value, reason },
    };
}

/** Both ends are rounded the same way: rounding a duration instead would let neighbours on a track overlap. */
function nanoseconds(timeMs: number): number {
  return Math.round(timeMs * 1_000_000);
}
