/** `@overlap/pipeline`: source, stages, sink. Overlaps waiting with computing, and pulls no more than it can hold. */

// Building
export { type Pipeline, pipeline, type Sink, type SinkOptions } from "./pipeline.ts";
export type { IoOptions } from "./io-stage.ts";
export type { CpuOptions } from "./cpu-stage.ts";
export type { BatchOptions } from "./batch-stream.ts";
export type { ItemContext, StageCounts, StageFunction } from "./stage.ts";
export { type ThreadExport, type ThreadFunction, threadFunction } from "./thread-function.ts";

// Running
export type { Job, JobOptions, JobProgress, JobSummary } from "./job.ts";
export type { TraceSink } from "./trace-sink.ts";

// Errors
export { PipelineError, PipelineOptionError, StageError, ThreadError } from "./errors.ts";
