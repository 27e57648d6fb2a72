// Saying what a run was limited by
export { type Diagnosis, type DiagnosisRule, diagnose, type RunFigures } from "./diagnosis.ts";
// Errors
export { ReportArgumentError } from "./errors.ts";
export { formatCount, formatMs, formatRatio, formatShare } from "./format.ts";
export { meanInFlight } from "./in-flight.ts";
// Statistics
export { type MedianInterval, median, medianInterval, percentile } from "./statistics.ts";
export type { Cell, Column, Table } from "./table.ts";
// Tables, for the terminal and for the page
export { textTable } from "./text-table.ts";
