/** `@overlap/pipeline`: source, stages, sink. Overlaps waiting with computing, and pulls no more than it can hold. */

// Building
export { Pipeline, pipeline, type PipelineOptions, type Sink, type SinkOptions } from "./pipeline.ts";
export type { ItemContext, StageFunction } from "./engine/stage.ts";
export type { MaxFailures } from "./engine/failure-limit.ts";
export type { IoOptions } from "./stages/io-stage.ts";
export type { CpuOptions } from "./stages/cpu-stage.ts";
export type { BatchOptions } from "./stages/batch-stage.ts";
export type { DedupeOptions } from "./stages/dedupe-stage.ts";
export type { StepOptions } from "./stages/map-stage.ts";
export type { PerKeyLimits, PolicyOptions } from "./stages/policies.ts";
export { type ThreadExport, type ThreadFunction, threadFunction } from "./threads/thread-function.ts";

// Sinks
export type {
  BatchOutcomes,
  Eventually,
  ItemOutcome,
  RowOf,
  RowSink,
  RowWriter,
  SinkFunction,
} from "./sinks/sink.ts";
export { type Collected, collect } from "./sinks/collect.ts";

// Running
export type { Job, JobOptions, JobProgress, JobSummary } from "./job.ts";
export type { ItemCounts } from "./engine/item-counts.ts";
export type { StageKind, StageSummary } from "./engine/stage-stats.ts";
export type { StageOverride } from "./engine/stage.ts";
export type { TraceSink } from "./trace-sink.ts";

// Errors
export {
  BadRecordError,
  ItemTooLargeError,
  PipelineError,
  PipelineOptionError,
  SinkError,
  SourceError,
  StageError,
  ThreadError,
  ThreadModuleError,
  ThreadTimeoutError,
  TooManyFailuresError,
} from "./errors.ts";
