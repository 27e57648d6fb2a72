import type { SurroundingOptions } from "@overlap/lab";
import { untilInterrupted } from "../interrupt.ts";
import type { OutputFlags } from "../output-flags.ts";
import { createProgressLine } from "../progress-line.ts";
import { prepareTraceFile } from "../recording.ts";
import { prepareReportFolder } from "../report-folder.ts";

/** How long an experiment may take to end its database and its threads after Ctrl-C. */
const graceMs = 700;

/** Runs an experiment with a progress line, and ends it in order when it is interrupted. */
export async function runExperiment<R>(
  flags: OutputFlags,
  experiment: (around: Required<SurroundingOptions>) => Promise<R>,
): Promise<R> {
  await prepareReportFolder(flags.report);
  await prepareTraceFile(flags.trace);
  using progress = createProgressLine(flags.quiet ?? false);
  return await untilInterrupted(graceMs, (signal) =>
    experiment({ signal, onProgress: (update) => progress.update(update) }),
  );
}
