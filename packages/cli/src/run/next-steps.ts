import type { Job } from "@overlap/pipeline";
import { formatCount } from "@overlap/report";
import { isUsageError } from "../failure.ts";
import type { EndedRun } from "./job-run.ts";
import { type CommandLine, resumeCommand, retryDeadCommand } from "./resume-command.ts";
import type { RunFlags } from "./run-flags.ts";

/** What can be done after a run, and why: a command, or what is missing for one. */
export interface NextStep {
  readonly why: string;
  /** To be pasted into a shell. */
  readonly command?: string;
}

/** What is left to do after this run; nothing when all is done. */
export function nextSteps(run: EndedRun, job: Job, flags: RunFlags, line: CommandLine): NextStep[] {
  return [...resumeSteps(run, job, flags, line), ...deadLetterSteps(run, job, line)];
}

function resumeSteps(run: EndedRun, job: Job, flags: RunFlags, line: CommandLine): NextStep[] {
  const why = reasonToResume(run);
  if (why === null) return [];
  const keepsJournal = (flags.journal ?? job.journal) !== null;
  if (run.ended === "maxItems" && !keepsJournal) return []; // a try, which nobody wants to go on with
  if (flags.retryDead === true) return [{ why, command: retryDeadCommand(line) }];
  if (!keepsJournal)
    return [
      {
        why: `${why} The job keeps no journal, so it can't resume: give .to() a journal, or add --journal FILE.`,
      },
    ];
  if (!job.resumable)
    return [
      {
        why: `${why} It can't resume, because its source can't be read again: read from a file or a range, or give the pipeline a key.`,
      },
    ];
  return [{ why: `${why} Go on with:`.trimStart(), command: resumeCommand(line) }];
}

function reasonToResume({ ended, failed, error }: EndedRun): string | null {
  if (ended === "drain") return "Interrupted; what was in flight is saved.";
  if (ended === "maxItems") return "There may be more items.";
  if (ended === "error") return reasonAfter(error);
  return failed > 0 ? `${formatCount(failed)} items have failed.` : null;
}

function reasonAfter(error: unknown): string | null {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (code === "OVERLAP_PIPELINE_JOURNAL_EXISTS") return "";
  // Nothing was run; resuming is no help, or the very thing that was refused.
  return isUsageError(error) ? null : "What was saved stays saved.";
}

function deadLetterSteps({ rejected }: EndedRun, { deadLetter }: Job, line: CommandLine): NextStep[] {
  if (rejected === 0 || deadLetter === null) return [];
  const items = rejected === 1 ? "1 item was" : `${formatCount(rejected)} items were`;
  return [{ why: `${items} set aside in ${deadLetter}. Try again with:`, command: retryDeadCommand(line) }];
}
