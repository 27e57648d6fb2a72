import type { DiagnosisRule, RunRecord } from "@overlap/report";
import type { RunRecorder } from "@overlap/trace";

/** What a situation is told of its server, and leaves its figures to. */
export interface Surroundings {
  readonly address: string;
  readonly recorder: RunRecorder;
}

/** A program whose limit is known, because it was built to have it. */
export interface Situation {
  readonly name: string;
  /** What is true of it, for people. */
  readonly truth: string;
  /** What the diagnosis must say. */
  readonly rule: DiagnosisRule;
  readonly server: { readonly delayMs: number; readonly jitterMs?: number; readonly capacity?: number };
  readonly limit: number;
  /** Does the work; gives what the record needs beside what was measured. */
  readonly run: (around: Surroundings) => Promise<Pick<RunRecord, "items">>;
  /** Environment of its process. */
  readonly environment?: Readonly<Record<string, string>>;
}
