import { packLanes } from "./pack-lanes.ts";
import type { CounterSample, Span } from "./span.ts";
import { groupSpans, type SpanGroup } from "./span-groups.ts";
import { inPieces } from "./text-pieces.ts";
import type { Trace } from "./trace.ts";

const PROCESS = 1;

/**
 * The trace as Chrome Trace Event JSON, in pieces of text to write one after the other; opens in
 * https://ui.perfetto.dev and `chrome://tracing`.
 *
 * Viewers drop events that overlap on one track, so the spans of each lane and kind are packed into as many tracks
 * as overlap ({@link packLanes}). Time 0 is the earliest span or sample. Format: "Trace Event Format", Google, 2016.
 *
 * @example
 * ```ts
 * await writeFile("trace.json", toChromeTrace(trace));
 * ```
 */
export function toChromeTrace(trace: Trace): IterableIterator<string> {
  return inPieces(document(trace));
}

function* document(trace: Trace): IterableIterator<string> {
  const spans = [...trace.spans()];
  const samples = [...trace.counters()];
  const originMs = Math.min(
    spans[0]?.startMs ?? Number.POSITIVE_INFINITY,
    samples[0]?.atMs ?? Number.POSITIVE_INFINITY,
  );
  yield `{"displayTimeUnit":"ms","otherData":{"spansDropped":${trace.dropped}},"traceEvents":[`;
  yield JSON.stringify({ ph: "M", pid: PROCESS, name: "process_name", args: { name: "overlap" } });
  let firstTrack = 1;
  for (const group of groupSpans(spans)) {
    const { laneOf, laneCount } = packLanes(group.spans);
    yield* trackNames(group, firstTrack, laneCount);
    for (const [index, span] of group.spans.entries()) {
      yield completeEvent(span, firstTrack + (laneOf[index] ?? 0), originMs);
    }
    firstTrack += laneCount;
  }
  for (const sample of samples) yield counterEvent(sample, originMs);
  yield "]}\n";
}

function* trackNames(group: SpanGroup, firstTrack: number, count: number): IterableIterator<string> {
  for (let track = 0; track < count; track++) {
    const event = { ph: "M", pid: PROCESS, tid: firstTrack + track };
    const name = `${group.lane} ${group.kind} ${track + 1}`;
    yield next({ ...event, name: "thread_name", args: { name } });
    yield next({ ...event, name: "thread_sort_index", args: { sort_index: firstTrack + track } });
  }
}

function completeEvent(span: Span, track: number, originMs: number): string {
  const startNs = nanoseconds(span.startMs - originMs);
  return next({
    ph: "X",
    pid: PROCESS,
    tid: track,
    ts: startNs / 1_000,
    dur: (nanoseconds(span.endMs - originMs) - startNs) / 1_000,
    name: span.label || span.kind,
    cat: span.kind,
    ...(span.ok ? {} : { cname: "terrible" }),
    args: { lane: span.lane, ok: span.ok },
  });
}

function counterEvent({ counter, value, atMs }: CounterSample, originMs: number): string {
  return next({
    ph: "C",
    pid: PROCESS,
    ts: nanoseconds(atMs - originMs) / 1_000,
    name: counter,
    args: { value },
  });
}

/** Both ends are rounded the same way: rounding a duration instead would let neighbours on a track overlap. */
function nanoseconds(timeMs: number): number {
  return Math.round(timeMs * 1_000_000);
}

function next(event: object): string {
  return `,\n${JSON.stringify(event)}`;
}
