import { Command } from "commander";
import { milliseconds, positiveInteger } from "../numbers.ts";
import { addTraceFlag } from "../recording.ts";
import { endSoon } from "./held-open.ts";
import type { RunFlags } from "./run-flags.ts";
import { runJobFile } from "./run-job-file.ts";
import { stageNumber } from "./stage-overrides.ts";

const help = `
A job file is TypeScript (or JavaScript) that Node runs as it is. Its default export is a job:

  // pages.ts
  import { type ItemContext, lines, ndjsonFile, pipeline } from "@overlap/pipeline";

  async function fetchPage(url: string, { signal }: ItemContext) {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(\`status \${response.status}\`);
    return { url, text: await response.text() };
  }

  export default pipeline(lines("urls.txt"))
    .io("fetch", fetchPage, { concurrency: 50, retry: { attempts: 3 } })
    .to(ndjsonFile("pages.ndjson"), { journal: "pages.journal", deadLetter: "failed.ndjson" });

or a function, maybe async, that makes one; it gets an AsyncDisposableStack, and what it puts there is closed after the run.

Examples:
  overlap run pages.ts                               run it
  overlap run pages.ts --resume                      go on where an earlier run has ended, in order or not
  overlap run pages.ts --retry-dead                  try again what was set aside
  overlap run pages.ts --max-items 100 --report out  try it with a hundred items, and see where the time goes
  overlap run pages.ts --concurrency fetch=200       with another number of calls in flight

Ctrl-C takes nothing more, finishes what is in flight within the grace period, and prints the command that resumes; a second one
ends at once. The summary goes to stderr, stdout is the job's own. Exit codes: 0 done; 1 the job, or more of its items than allowed,
failed; 2 nothing was run, because the command, the job file or its journal doesn't fit; 130 interrupted.`;

/** `overlap run JOB.ts`. `exitWith` hears of a code other than 0 that the run ends with in good order. */
export function createRunCommand(exitWith: (code: number) => void): Command {
  const command = new Command("run")
    .description("run a job: the pipeline that a TypeScript file exports")
    .argument("<job>", "the job file, such as job.ts")
    .option("--max-items <number>", "end after so many items", positiveInteger)
    .option(
      "--concurrency <stage=number>",
      "calls of a stage in flight at once; auto finds the best number; may be repeated",
      stageNumber,
    )
    .option("--threads <number>", "threads of each stage that computes", positiveInteger)
    .option("--journal <file>", "note there what is done, so that the job can resume (default: the job's)")
    .option("--resume", "leave out what the journal says is done")
    .option("--retry-dead", "take the items of the dead-letter file instead of the source's")
    .option("--grace <ms>", "after Ctrl-C, what is in flight may take so long", milliseconds, 10_000);
  return addTraceFlag(command)
    .option("--explain", "say how the numbers were found of stages with the concurrency auto")
    .option("--report <dir>", "write a page with the timeline of the stages there")
    .option("--json", "print one JSON document on stdout; what the job prints goes to stderr")
    .option("--quiet", "neither progress nor summary")
    .addHelpText("after", help)
    .action(async (job: string, flags: RunFlags) => {
      const code = await runJobFile(job, flags);
      exitWith(code);
      endSoon(code);
    });
}
