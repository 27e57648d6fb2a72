/** `@overlap/pipeline`: source, stages, sink. Overlaps waiting with computing, and pulls no more than it can hold. */

// Building
export {
  Pipeline,
  pipeline,
  type PipelineOptions,
  type PipelineSource,
  type Sink,
  type SinkOptions,
} from "./pipeline.ts";
export type { ItemContext, StageFunction } from "./engine/stage.ts";
export type { MaxFailures } from "./engine/failure-limit.ts";
export type { IoOptions } from "./stages/io-stage.ts";
export type { CpuOptions } from "./stages/cpu-stage.ts";
export type { BatchOptions } from "./stages/batch-stage.ts";
export type { DedupeOptions } from "./stages/dedupe-stage.ts";
export type { StepOptions } from "./stages/map-stage.ts";
export type { PerKeyLimits, PolicyOptions } from "./stages/policies.ts";
export { type ThreadExport, type ThreadFunction, threadFunction } from "./threads/thread-function.ts";

// Sources
export { lines, type LineOptions } from "./sources/lines.ts";
export { ndjson } from "./sources/ndjson.ts";
export { csv, type CsvOptions } from "./sources/csv.ts";
export { range } from "./sources/range.ts";
export type { Fingerprint, RecordSource } from "./sources/record-source.ts";
export type { SourceContext } from "./sources/open-reader.ts";
export type { TextInput } from "./sources/text-input.ts";

// Sinks
export type {
  BatchOutcomes,
  Eventually,
  ItemOutcome,
  RowOf,
  RowSink,
  RowWriter,
  SinkFunction,
  SinkOpening,
} from "./sinks/sink.ts";
export { resultOf } from "./engine/stage-call.ts";
export { type Collected, collect } from "./sinks/collect.ts";
export { ndjsonFile } from "./sinks/ndjson-file.ts";
export { csvFile, type CsvFileOptions } from "./sinks/csv-file.ts";
export { sqliteTable, type SqliteTableOptions } from "./sinks/sqlite-table.ts";
export type { ColumnsOption } from "./sinks/table-rows.ts";
export { httpPost, type HttpPostOptions, type PostResponse, type PostSession } from "./sinks/http-post.ts";

// Synchronous programs
export { Batcher, type BatcherOptions, type UnsavedItem } from "./batcher.ts";

// Running
export type { Job, JobOptions, JobProgress, JobSummary, StageDeclaration } from "./job.ts";
export { DurationHistogram } from "./engine/duration-histogram.ts";
export type { ItemCounts } from "./engine/item-counts.ts";
export type { StageKind, StageSummary } from "./engine/stage-stats.ts";
export type { StageOverride } from "./engine/stage.ts";
export type { TraceSink } from "./trace-sink.ts";

// Errors
export {
  BadRecordError,
  DeadLetterError,
  ItemTooLargeError,
  JournalError,
  JournalExistsError,
  JournalMismatchError,
  NotResumableError,
  PipelineError,
  PipelineOptionError,
  PostRefusedError,
  SinkError,
  SourceError,
  SourceFileError,
  SourceUsedError,
  StageError,
  ThreadError,
  ThreadModuleError,
  ThreadTimeoutError,
  TooManyFailuresError,
  UnsavedError,
} from "./errors.ts";
