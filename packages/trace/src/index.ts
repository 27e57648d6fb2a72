// Recording

// Exports for other tools
export { toChromeTrace } from "./chrome-trace.ts";
export { sharedNow } from "./clock.ts";
// Errors
export { TraceArgumentError } from "./errors.ts";
export { toNdjson } from "./ndjson.ts";
export { type PackedLanes, packLanes } from "./pack-lanes.ts";
// What is recorded
export { type CounterSample, type Interval, SPAN_KINDS, type Span, type SpanKind } from "./span.ts";
// Laying it out
export { groupSpans, type SpanGroup } from "./span-groups.ts";
export { Trace, type TraceOptions } from "./trace.ts";
