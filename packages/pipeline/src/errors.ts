/*
 * PipelineError                    code
 * ├─ StageError                    OVERLAP_PIPELINE_STAGE
 * ├─ ThreadError                   OVERLAP_PIPELINE_THREAD
 * └─ PipelineOptionError           OVERLAP_PIPELINE_OPTION
 */

/** What every error of this package extends. `code` is stable across versions; messages are not. */
export abstract class PipelineError extends Error {
  /** Stable, documented in `docs/reference/errors.md`. */
  abstract readonly code: string;
}

/** The function of a stage, or of the sink, failed for an item. `cause` is what it threw. */
export class StageError extends PipelineError {
  override readonly name = "StageError";
  readonly code = "OVERLAP_PIPELINE_STAGE";
  /** The name of the stage. */
  readonly stage: string;
  /** The item it was given. */
  readonly item: unknown;

  constructor(stage: string, item: unknown, cause: unknown) {
    super(`stage "${stage}" failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.stage = stage;
    this.item = item;
  }
}

/** A thread could not run its function: the module or the export is not there, or the thread died. */
export class ThreadError extends PipelineError {
  override readonly name = "ThreadError";
  readonly code = "OVERLAP_PIPELINE_THREAD";
}

/** An option is outside what the pipeline accepts; the message says what was expected and what came. */
export class PipelineOptionError extends PipelineError {
  override readonly name = "PipelineOptionError";
  readonly code = "OVERLAP_PIPELINE_OPTION";
}

/** Returns `value` when it is an integer of at least 1 (or `Infinity`), and throws otherwise. */
export function expectPositiveInteger(name: string, value: number): number {
  if ((Number.isInteger(value) && value >= 1) || value === Number.POSITIVE_INFINITY) return value;
  throw new PipelineOptionError(`expected a positive integer for ${name}, got ${String(value)}`);
}
