/** `@overlap/trace`: what happened when, in typed arrays, cheap enough to be on by default. */

// Recording
export { Trace, type TraceOptions } from "./trace.ts";
export { sharedNow } from "./clock.ts";

// What is recorded
export { type CounterSample, type Interval, SPAN_KINDS, type Span, type SpanKind } from "./span.ts";

// Laying it out
export { groupSpans, type SpanGroup } from "./span-groups.ts";
export { type PackedLanes, packLanes } from "./pack-lanes.ts";

// Exports for other tools
export { toChromeTrace } from "./chrome-trace.ts";
export { toNdjson } from "./ndjson.ts";

// Errors
export { TraceArgumentError } from "./errors.ts";
