/** `@overlap/pipeline`: source, stages, sink. Overlaps waiting with computing, and pulls no more than it can hold. */

export type { BatchOptions } from "./batch-stream.ts";
export type { CpuOptions } from "./cpu-stage.ts";
// Errors
export { PipelineError, PipelineOptionError, StageError, ThreadError } from "./errors.ts";
export type { IoOptions } from "./io-stage.ts";
// Running
export type { Job, JobOptions, JobProgress, JobSummary } from "./job.ts";
// Building
export { type Pipeline, pipeline, type Sink, type SinkOptions } from "./pipeline.ts";
export type { ItemContext, StageCounts, StageFunction } from "./stage.ts";
export { type ThreadExport, type ThreadFunction, threadFunction } from "./thread-function.ts";
export type { TraceSink } from "./trace-sink.ts";
