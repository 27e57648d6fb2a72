// TypeError
// └── TraceArgumentError   OVERLAP_TRACE_INVALID_ARGUMENT   a caller passed something a trace cannot record

/** An argument that a trace cannot record; the message says what was expected and what came. */
export class TraceArgumentError extends TypeError {
  override readonly name = "TraceArgumentError";
  /** Stable code of this error. */
  readonly code = "OVERLAP_TRACE_INVALID_ARGUMENT";

  constructor(expected: string, argument: string, got: unknown) {
    super(`expected ${expected} for ${argument}, got ${String(got)}`);
  }
}
