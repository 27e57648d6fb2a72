import type { LabProgress } from "./run-strategy.ts";

/** What every experiment takes from whoever runs it. */
export interface SurroundingOptions {
  /** Ends the experiment, which then rejects with `signal.reason`. @default none */
  readonly signal?: AbortSignal;
  /** Called whenever something was done. @default none */
  readonly onProgress?: (progress: LabProgress) => void;
}
