/*
 * CliError                         code
 * ├─ JobFileError                  OVERLAP_CLI_JOB_FILE
 * ├─ ReportFolderError             OVERLAP_CLI_REPORT_FOLDER
 * ├─ SaveError                     OVERLAP_CLI_SAVE
 * ├─ StdoutError                   OVERLAP_CLI_STDOUT
 * ├─ TraceFileError                OVERLAP_CLI_TRACE_FILE
 * └─ UsageError                    OVERLAP_CLI_USAGE
 */

/** What every error of the command itself extends. */
abstract class CliError extends Error {
  /** Stable, documented in `docs/reference/errors.md`. */
  abstract readonly code: string;
}

/** The report folder cannot be made or written. */
export class ReportFolderError extends CliError {
  override readonly name = "ReportFolderError";
  readonly code = "OVERLAP_CLI_REPORT_FOLDER";
}

/** The job file can't be loaded, or exports no job; the message says why and what to do. */
export class JobFileError extends CliError {
  override readonly name = "JobFileError";
  readonly code = "OVERLAP_CLI_JOB_FILE";
}

/** The folder of `--save`, or a file in it, cannot be written. */
export class SaveError extends CliError {
  override readonly name = "SaveError";
  readonly code = "OVERLAP_CLI_SAVE";
}

/** What the command prints cannot be written. */
export class StdoutError extends CliError {
  override readonly name = "StdoutError";
  readonly code = "OVERLAP_CLI_STDOUT";
}

/** The file of `--trace` cannot be written, or a trace given to `overlap report` cannot be read. */
export class TraceFileError extends CliError {
  override readonly name = "TraceFileError";
  readonly code = "OVERLAP_CLI_TRACE_FILE";
}

/** Flags that don't fit each other, or the job. */
export class UsageError extends CliError {
  override readonly name = "UsageError";
  readonly code = "OVERLAP_CLI_USAGE";
}
