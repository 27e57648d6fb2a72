// TypeError
// └── ReportArgumentError   OVERLAP_REPORT_INVALID_ARGUMENT   figures that nothing can be said about

/** An argument about which nothing true can be said; the message says what was expected and what came. */
export class ReportArgumentError extends TypeError {
  override readonly name = "ReportArgumentError";
  /** Stable code of this error. */
  readonly code = "OVERLAP_REPORT_INVALID_ARGUMENT";

  constructor(expected: string, argument: string, got: unknown) {
    super(`expected ${expected} for ${argument}, got ${String(got)}`);
  }
}
