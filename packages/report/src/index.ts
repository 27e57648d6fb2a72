/** `@overlap/report`: pure functions from figures to sentences, tables and (in `@overlap/report/page`) one HTML page. */

// Saying what a run was limited by
export { type Diagnosis, type DiagnosisRule, diagnose, type RunFigures } from "./diagnosis.ts";

// Where the time of a run went
export { type Breakdown, breakDown } from "./breakdown.ts";
export { describeRun, type RunDescription } from "./describe-run.ts";
export { type RecordedRun, type RunRecord, toRunRecord } from "./run-record.ts";

// Statistics
export { type MedianInterval, median, medianInterval, percentile } from "./statistics.ts";
export { meanInFlight } from "./in-flight.ts";
export { type LittleCheck, type LittleFigures, checkLittle } from "./littles-law.ts";
export { outliers } from "./outliers.ts";
export { type PairedComparison, comparePaired } from "./paired-comparison.ts";

// Where more concurrency stops to pay
export {
  type KneeAnalysis,
  type KneeConfirmation,
  type KneeFound,
  type KneeOptions,
  type NoKnee,
  type TooFew,
  confirmKnee,
  findKnee,
} from "./knee.ts";
export type { KneeInterval } from "./knee-interval.ts";
export type { DroppedLevel, LoadLevel } from "./load-level.ts";
export {
  type CapModel,
  type LinearModel,
  type ScalabilityModel,
  type ThroughputModel,
  type ThroughputPoint,
  fitScalability,
  modelThroughput,
} from "./throughput-models.ts";

// Tables, for the terminal and for the page
export type { Cell, Column, Table } from "./table.ts";
export { textTable } from "./text-table.ts";
export { formatCount, formatMs, formatRatio, formatShare } from "./format.ts";

// Errors
export { ReportArgumentError } from "./errors.ts";
