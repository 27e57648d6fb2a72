/** `@overlap/report`: pure functions from figures to sentences, tables and (in `@overlap/report/page`) one HTML page. */

// Saying what a run was limited by
export { type Diagnosis, type DiagnosisRule, diagnose, type RunFigures } from "./diagnosis.ts";

// Statistics
export { type MedianInterval, median, medianInterval, percentile } from "./statistics.ts";
export { meanInFlight } from "./in-flight.ts";

// Tables, for the terminal and for the page
export type { Cell, Column, Table } from "./table.ts";
export { textTable } from "./text-table.ts";
export { formatCount, formatMs, formatRatio, formatShare } from "./format.ts";

// Errors
export { ReportArgumentError } from "./errors.ts";
