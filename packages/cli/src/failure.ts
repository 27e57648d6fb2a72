import { exitCodes } from "./exit-codes.ts";
import { Interrupted } from "./interrupt.ts";
import { StdoutClosed } from "./stdout.ts";

/** What is wrong is in the command, or in what it names, and nothing was run. */
const usageCodes = new Set<unknown>([
  "OVERLAP_LAB_OPTION",
  "OVERLAP_CLI_JOB_FILE",
  "OVERLAP_CLI_USAGE",
  "OVERLAP_PIPELINE_OPTION",
  "OVERLAP_PIPELINE_JOURNAL_EXISTS",
  "OVERLAP_PIPELINE_JOURNAL_MISMATCH",
  "OVERLAP_PIPELINE_NOT_RESUMABLE",
]);

/** Whether nothing was run, because the command doesn't fit. */
export function isUsageError(error: unknown): boolean {
  return usageCodes.has((error as { readonly code?: unknown } | null | undefined)?.code);
}

/** One line for a person (none when it has been said already), and the exit code. Only an error that nobody foresaw brings its stack. */
export function explainFailure(error: unknown): { readonly message: string; readonly code: number } {
  if (error instanceof Interrupted) return { message: "", code: exitCodes.interrupted };
  if (error instanceof StdoutClosed) return { message: "", code: exitCodes.done };
  const cause = firstCause(error);
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (typeof code === "string" && cause instanceof Error) {
    return {
      message: `overlap: ${cause.message}`,
      code: isUsageError(cause) ? exitCodes.usage : exitCodes.failed,
    };
  }
  const stack = cause instanceof Error ? cause.stack : String(cause);
  return { message: `overlap: unexpected error; please report it.\n${stack}`, code: exitCodes.failed };
}

/** Groups and stages wrap what went wrong; a person wants the thing itself. */
function firstCause(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return firstCause(error.errors[0]);
  const code = (error as { code?: unknown } | null)?.code;
  if (code === "OVERLAP_PIPELINE_STAGE") return firstCause((error as Error).cause);
  return error;
}
