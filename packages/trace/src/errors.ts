// TypeError
// └── TraceArgumentError   OVERLAP_TRACE_INVALID_ARGUMENT   a caller passed something a trace cannot record
// Error
// └── TraceFormatError     OVERLAP_TRACE_FORMAT             a stored trace cannot be read

/** An argument that a trace cannot record; the message says what was expected and what came. */
export class TraceArgumentError extends TypeError {
  override readonly name = "TraceArgumentError";
  /** Stable code of this error. */
  readonly code = "OVERLAP_TRACE_INVALID_ARGUMENT";

  constructor(expected: string, argument: string, got: unknown) {
    super(`expected ${expected} for ${argument}, got ${String(got)}`);
  }
}

/** A stored trace that cannot be read; the message names the line. Code `OVERLAP_TRACE_FORMAT`. */
export class TraceFormatError extends Error {
  override readonly name = "TraceFormatError";
  /** Stable code of this error. */
  readonly code = "OVERLAP_TRACE_FORMAT";
  /** The line at which reading ended, counted from 1. */
  readonly line: number;

  constructor(line: number, why: string, options?: ErrorOptions) {
    super(`cannot read this trace: line ${line}: ${why}`, options);
    this.line = line;
  }
}
