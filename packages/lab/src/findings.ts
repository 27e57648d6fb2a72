import type { Diagnosis, RecordedRun, Table } from "@overlap/report";
import type { ExperimentPage } from "@overlap/report/page";

/** What an experiment found, in the forms in which it can be shown; each is made when it is asked for. */
export interface Findings<Row> {
  /** Plain data for `--json`, without traces. */
  readonly json: () => object;
  /** The figures, for the terminal. */
  readonly table: () => Table<Row>;
  /** What they come to, in a sentence. */
  readonly diagnosis: () => Diagnosis;
  /** The runs with their traces, for `--trace`; left out where nothing is traced. */
  readonly records?: () => RecordedRun[];
  /** The page. */
  readonly page: () => ExperimentPage<Row> | Promise<ExperimentPage<Row>>;
}
