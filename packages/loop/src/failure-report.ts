/** What the loop tells its exception handler about an error that nobody else can catch. */
export interface LoopFailure {
  /** What happened, as a sentence. */
  readonly message: string;
  /** What was thrown. */
  readonly error: unknown;
}

/** Where failures go that nobody can catch: to a handler, or to the console as the last resort. */
export class FailureReport {
  /** `null`: they are printed. */
  handler: ((failure: LoopFailure) => void) | null = null;

  /** Never throws. */
  report(failure: LoopFailure): void {
    if (this.handler === null) return printFailure(failure);
    try {
      this.handler(failure);
    } catch (error) {
      printFailure(failure);
      printFailure({ message: "the exception handler itself threw", error });
    }
  }
}

function printFailure({ message, error }: LoopFailure): void {
  // biome-ignore lint/suspicious/noConsole: the last resort when no handler is set
  console.error(`overlap: ${message}:`, error);
}
