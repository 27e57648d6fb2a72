import { basename } from "node:path";
import type { Job } from "@overlap/pipeline";
import { exitCodes } from "../exit-codes.ts";
import { untilInterrupted } from "../interrupt.ts";
import { prepareTraceFile, writeTraceFile } from "../recording.ts";
import { prepareReportFolder } from "../report-folder.ts";
import { DivertedStdout } from "./diverted-stdout.ts";
import { explainLimits } from "./found-limits.ts";
import { loadJob } from "./job-file.ts";
import { recordJob } from "./job-record.ts";
import { type EndedRun, runMeasured } from "./job-run.ts";
import { nextSteps } from "./next-steps.ts";
import { lendOwnPackages } from "./own-packages.ts";
import { ownCommandLine } from "./resume-command.ts";
import { explainRunFailure } from "./run-failure.ts";
import { expectFitting, type RunFlags, toJobOptions } from "./run-flags.ts";
import { closingWords, runJson, runSummary, writeJobPage } from "./run-output.ts";
import { createRunProgress } from "./run-progress.ts";
import { toStageOverrides } from "./stage-overrides.ts";

/** After the grace period, what was cancelled gets this long to notice, and the journal and the sink to close. */
const closingMs = 10_000;

/**
 * Runs the job of a file, and gives the exit code.
 *
 * @throws JobFileError, UsageError, ReportFolderError before anything was run.
 */
export async function runJobFile(file: string, flags: RunFlags): Promise<number> {
  await prepareReportFolder(flags.report);
  await prepareTraceFile(flags.trace);
  using document = flags.json === true ? new DivertedStdout() : null;
  await using resources = new AsyncDisposableStack();
  lendOwnPackages();
  return await untilInterrupted(
    flags.grace + closingMs,
    async (drain) => {
      const job = await loadJob(file, resources);
      expectFitting(flags, job);
      const run = await runShown(file, job, flags, drain);
      await show(file, { job, run, flags, document });
      return exitCodeOf(run);
    },
    `finishing what is in flight, ${flags.grace / 1_000} s at most; once more ends at once`,
  );
}

async function runShown(file: string, job: Job, flags: RunFlags, drain: AbortSignal): Promise<EndedRun> {
  const stages = toStageOverrides(job, flags.concurrency, flags.threads);
  const expected = flags.retryDead === true ? null : await expectedItems(job);
  const outlook = { title: basename(file), expected, most: flags.maxItems ?? Number.POSITIVE_INFINITY };
  using progress = createRunProgress(outlook, flags.quiet ?? false);
  const onProgress = progress.update.bind(progress);
  const keepSpans = flags.report !== undefined || flags.trace !== undefined;
  return await runMeasured(job, { ...toJobOptions(flags), stages, drain, keepSpans, onProgress });
}

/** A job from an older copy of the package can't say. */
async function expectedItems(job: Partial<Job>): Promise<number | null> {
  return (await job.expectedItems?.()) ?? null;
}

interface Shown {
  readonly job: Job;
  readonly run: EndedRun;
  readonly flags: RunFlags;
  readonly document: DivertedStdout | null;
}

async function show(file: string, { job, run, flags, document }: Shown): Promise<void> {
  const page = flags.report === undefined ? null : await writeJobPage(file, flags.report, run);
  if (flags.trace !== undefined) await writeTraceFile(flags.trace, [recordJob(basename(file), run)]);
  const steps = nextSteps(run, job, flags, ownCommandLine());
  await document?.print(`${JSON.stringify(runJson(file, run, { page, steps }), null, 2)}\n`);
  if (flags.explain === true) process.stderr.write(explainLimits(run.trace, run.times.startMs));
  if (document === null && flags.quiet !== true) process.stderr.write(runSummary(run, page));
  process.stderr.write(closingWords(run, steps));
}

function exitCodeOf({ ended, error }: EndedRun): number {
  if (ended === "drain") return exitCodes.interrupted;
  return ended === "error" ? explainRunFailure(error).code : exitCodes.done;
}
