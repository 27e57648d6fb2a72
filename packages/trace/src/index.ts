/** `@overlap/trace`: what happened when, in typed arrays, cheap enough to be on by default. */

// Recording
export { Trace, type TraceOptions } from "./trace.ts";
export { sharedNow } from "./clock.ts";

// Recording a run, with what it takes of its thread and its process
export { RunRecorder } from "./run-recorder.ts";
export type { FlightTimes, RunTimes } from "./run-times.ts";

// What is recorded
export { type CounterSample, type Interval, SPAN_KINDS, type Span, type SpanKind } from "./span.ts";

// Laying it out
export { groupSpans, type SpanGroup } from "./span-groups.ts";
export { type PackedLanes, packLanes } from "./pack-lanes.ts";

// Exports for other tools, and reading back
export { type ChromeRun, toChromeTrace } from "./chrome-trace.ts";
export { toNdjson } from "./ndjson.ts";
export { readNdjson, type StoredTrace } from "./read-ndjson.ts";

// Errors
export { TraceArgumentError, TraceFormatError } from "./errors.ts";
