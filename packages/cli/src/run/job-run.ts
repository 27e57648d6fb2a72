import type { Job, JobOptions, JobProgress, JobSummary, StageDeclaration } from "@overlap/pipeline";
import { Trace } from "@overlap/trace";
import { startUsageMeter, type Usage } from "./usage-meter.ts";

/** Spans that are kept where nobody looks at them one by one: enough to tell how many calls were in flight. */
const sampledSpans = 10_000;

/** A run that has ended, one way or the other. */
export interface EndedRun extends JobProgress {
  /** Why it ended. */
  readonly ended: JobSummary["ended"] | "error";
  /** What it ended with, if that was an error. */
  readonly error?: unknown;
  /** The stages as they were to run. */
  readonly declared: readonly StageDeclaration[];
  /** It has noted what was done. */
  readonly keepsJournal: boolean;
  readonly usage: Usage;
  readonly trace: Trace;
  /** When it began, on the trace's clock. */
  readonly startMs: number;
}

/** What a run is told, beside what the job is. */
export interface RunSettings extends JobOptions {
  /** Keeps every span, up to a million, for a timeline. */
  readonly keepSpans: boolean;
  readonly onProgress: (progress: JobProgress) => void;
}

/** Runs a job and measures it. Never throws: an error of the job is part of what it gives. */
export async function runMeasured(job: Job, { keepSpans, ...options }: RunSettings): Promise<EndedRun> {
  const trace = keepSpans ? new Trace() : new Trace({ limit: sampledSpans });
  const keepsJournal = (options.journal ?? job.journal) !== null;
  const measured = { declared: declaredFor(job, options), keepsJournal, trace, startMs: trace.now() };
  const usage = startUsageMeter();
  let last: JobProgress = nothingDone;
  const onProgress = (progress: JobProgress) => {
    last = progress;
    options.onProgress(progress);
  };
  try {
    const summary = await job.run({ ...options, trace, onProgress });
    return { ...summary, ...measured, usage: usage() };
  } catch (error) {
    return { ...last, ended: "error", error, ...measured, usage: usage() };
  }
}

const counts = { items: 0, delivered: 0, dropped: 0, rejected: 0, failed: 0, skipped: 0 };
const nothingDone: JobProgress = { ...counts, retries: 0, stages: [], wallMs: 0 };

function declaredFor({ stages }: Job, { stages: overrides = {} }: JobOptions): StageDeclaration[] {
  return stages.map((stage) => {
    const { concurrency, threads } = overrides[stage.name] ?? {};
    return { ...stage, limit: concurrency ?? threads ?? stage.limit };
  });
}
