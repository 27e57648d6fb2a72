import { exitCodes } from "./exit-codes.ts";
import { Interrupted } from "./interrupt.ts";
import { StdoutClosed } from "./stdout.ts";

/** One line for a person (none when it has been said already), and the exit code. Only an error that nobody foresaw brings its stack. */
export function explainFailure(error: unknown): { readonly message: string; readonly code: number } {
  if (error instanceof Interrupted) return { message: "", code: exitCodes.interrupted };
  if (error instanceof StdoutClosed) return { message: "", code: exitCodes.done };
  const cause = firstCause(error);
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (typeof code === "string" && cause instanceof Error) {
    const usage = code === "OVERLAP_LAB_OPTION";
    return { message: `overlap: ${cause.message}`, code: usage ? exitCodes.usage : exitCodes.failed };
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
