import type { Job, JobOptions, JobProgress, JobSummary, StageDeclaration } from "@overlap/pipeline";
import { auto } from "@overlap/policy";
import { RunRecorder, type RunTimes, type Trace } from "@overlap/trace";
import { foundLimits } from "./found-limits.ts";

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
  readonly trace: Trace;
  /** What it took of this process, and when it began on the trace's clock. */
  readonly times: RunTimes;
}

/** What a run is told, beside what the job is. */
export interface RunSettings extends JobOptions {
  /** Keeps every span, up to a million, for a timeline. */
  readonly keepSpans: boolean;
  readonly onProgress: (progress: JobProgress) => void;
}

/** Runs a job and measures it. Never throws: an error of the job is part of what it gives. */
export async function runMeasured(job: Job, { keepSpans, ...options }: RunSettings): Promise<EndedRun> {
  const recorder = keepSpans ? new RunRecorder() : new RunRecorder({ limit: sampledSpans });
  const keepsJournal = (options.journal ?? job.journal) !== null;
  const declared = declaredFor(job, options);
  const { trace } = recorder;
  const ended = () => ({
    declared: withFoundLimits(declared, trace),
    keepsJournal,
    trace,
    times: recorder.stop(),
  });
  let last: JobProgress = nothingDone;
  const onProgress = (progress: JobProgress) => {
    last = progress;
    options.onProgress(progress);
  };
  try {
    const summary = await job.run({ ...options, trace: recorder, onProgress });
    return { ...summary, ...ended() };
  } catch (error) {
    return { ...last, ended: "error", error, ...ended() };
  }
}

const counts = { items: 0, delivered: 0, dropped: 0, rejected: 0, failed: 0, skipped: 0 };
const nothingDone: JobProgress = { ...counts, retries: 0, stages: [], wallMs: 0 };

function declaredFor({ stages }: Job, { stages: overrides = {} }: JobOptions): StageDeclaration[] {
  return stages.map((stage) => {
    const { concurrency, threads } = overrides[stage.name] ?? {};
    const most = concurrency === "auto" ? auto().max : concurrency;
    return { ...stage, limit: most ?? threads ?? stage.limit };
  });
}

/** A limit that tuned itself is what it came to. */
function withFoundLimits(declared: readonly StageDeclaration[], trace: Trace): StageDeclaration[] {
  const found = foundLimits(trace);
  return declared.map((stage) => ({ ...stage, limit: found.get(stage.name) ?? stage.limit }));
}
