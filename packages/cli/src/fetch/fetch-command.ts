import { join } from "node:path";
import { RunRecorder } from "@overlap/trace";
import { Command } from "commander";
import { exitCodes } from "../exit-codes.ts";
import { untilInterrupted } from "../interrupt.ts";
import { prepareTraceFile, writeTraceFile } from "../recording.ts";
import { prepareReportFolder, writePage } from "../report-folder.ts";
import { say } from "../status-line.ts";
import { print } from "../stdout.ts";
import { addFetchFlags, type FetchFlags } from "./fetch-flags.ts";
import { toPlan } from "./fetch-plan.ts";
import { howToGoOn, summaryText } from "./fetch-text.ts";
import { type FetchControls, type FetchPlan, type FetchResult, graceMs, runFetch } from "./run-fetch.ts";
import { explanation, settledText } from "./tuning-text.ts";
import { watchFetch } from "./watch-fetch.ts";

const help = `
URLs come from the arguments, from a file with one in each line, or from stdin (-, or nothing where something is piped in). Blank lines
and lines that begin with # are passed over. The input is read as it is needed, so it may be of any size.

For each URL there is one line: url, ok, status, bytes, ms, attempts, error { code, message }. A status that is none of success has
an error code such as HTTP_404. A bad URL is such a line too, and does not end the run.

Exit codes: 0 all are ok, 1 some failed (or the run did), 2 wrong usage, 130 interrupted. Ctrl-C takes no more URLs, gives those in
flight ${graceMs / 1_000} s, and writes what there is; a second one ends at once.

Examples:
  overlap fetch urls.txt --out results.ndjson
  overlap fetch urls.txt --concurrency 200 --out results.ndjson
  overlap fetch https://example.com/a https://example.com/b --body
  cut -d, -f2 sites.csv | overlap fetch --per-host 4 --retries 5 --save pages --out pages.csv
  overlap fetch ids.txt --method PUT --header "content-type: application/json" --data @body.json --rate 50
  overlap fetch urls.txt --out results.ndjson --journal done.db            # may be killed at any time
  overlap fetch urls.txt --out results.ndjson --journal done.db --resume   # and goes on`;

/** Above it the timeline shows a sample. */
const mostSpans = 50_000;
/** What is in flight has `graceMs`; then the process ends, also when nobody takes its lines. */
const hardEndMs = graceMs + 1_000;
const notice = "finishing what is in flight (once more ends at once)";

/** `overlap fetch` (S10). `exitWith` hears of a code other than 0. */
export function createFetchCommand(exitWith: (code: number) => void): Command {
  const command = new Command("fetch")
    .description("fetch very many URLs at once, and write a line for each")
    .usage("[options] [URLS.txt | - | URL...]")
    .argument("[urls...]", "URLs, or one file of them, or - for stdin");
  return addFetchFlags(command)
    .addHelpText("after", help)
    .action(async (urls: string[], flags: FetchFlags) => exitWith(await fetchUrls(urls, flags, command)));
}

/** Gives the exit code. */
async function fetchUrls(urls: readonly string[], flags: FetchFlags, command: Command): Promise<number> {
  const stop = new AbortController();
  await prepareReportFolder(flags.report);
  await prepareTraceFile(flags.trace);
  const plan = await toPlan(urls, flags, (message) => command.error(`error: ${message}`));
  using _source = plan.source;
  return await untilInterrupted(
    hardEndMs,
    async (drain) => {
      const result = await measured(plan, flags, (trace) => watched(plan, flags, { drain, stop, trace }));
      await show(result, flags);
      if (!drain.aborted) return result.totals.failed === 0 ? exitCodes.done : exitCodes.failed;
      if (!flags.quiet) say(howToGoOn(flags.journal));
      return exitCodes.interrupted;
    },
    notice,
  );
}

/** Writes the page of `--report` and the file of `--trace`; what draws is only loaded for them. */
async function measured(
  plan: FetchPlan,
  { report, trace, json, quiet }: FetchFlags,
  run: (trace: RunRecorder | null) => Promise<FetchResult>,
): Promise<FetchResult> {
  if (report === undefined && trace === undefined) return await run(null);
  const { fetchPage, recordFetch } = await import("./fetch-report.ts");
  const recorder = new RunRecorder({ limit: mostSpans });
  const result = await run(recorder);
  const recorded = recordFetch(plan, result, recorder);
  if (trace !== undefined) await writeTraceFile(trace, [recorded]);
  if (report === undefined) return result;
  const where = await writePage(join(report, "fetch.html"), fetchPage(recorded, result));
  if (!json && !quiet) say(`${where}: open it in a browser.`);
  return result;
}

async function watched(
  plan: FetchPlan,
  { quiet, out, json }: FetchFlags,
  controls: Omit<FetchControls, "onProgress">,
): Promise<FetchResult> {
  const linesOnTerminal = process.stdout.isTTY && out === undefined && json !== true; // they show how far it is
  if (quiet === true || linesOnTerminal) return await runFetch(plan, { ...controls, onProgress: null });
  using watch = watchFetch(plan.source);
  return await runFetch(plan, { ...controls, onProgress: watch.onProgress });
}

async function show(result: FetchResult, { json, quiet, explain }: FetchFlags): Promise<void> {
  const { totals, wallMs, skipped, decisions } = result;
  if (explain) say(explanation(decisions));
  if (json) await print(`${JSON.stringify(totals.summary(wallMs), null, 2)}\n`);
  else if (!quiet)
    say([summaryText(totals, wallMs, skipped), settledText(decisions)].filter(Boolean).join("\n"));
}
