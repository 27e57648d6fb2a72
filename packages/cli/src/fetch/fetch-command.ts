import { Command } from "commander";
import { exitCodes } from "../exit-codes.ts";
import { prepareReportFolder } from "../experiment-output.ts";
import { untilInterrupted } from "../interrupt.ts";
import { createStatusLine } from "../status-line.ts";
import { BodyFolder } from "./body-folder.ts";
import { addFetchFlags, type FetchFlags, readData, toHeaderFields } from "./fetch-flags.ts";
import { progressText, summaryText } from "./fetch-text.ts";
import { outFile } from "./row-sink.ts";
import { type FetchControls, type FetchPlan, type FetchResult, runFetch } from "./run-fetch.ts";
import { StdoutClosed, stdoutLines } from "./stdout-lines.ts";
import { chooseUrls } from "./url-source.ts";

const help = `
URLs come from the arguments, from a file with one in each line, or from stdin (-, or nothing where something is piped in). Blank lines
and lines that begin with # are passed over. The input is read as it is needed, so it may be of any size.

For each URL there is one line: url, ok, status, bytes, ms, attempts, error { code, message }. A status that is none of success (404)
has the error code HTTP_404. A bad URL is such a line too, and does not end the run.

Exit codes: 0 all are ok, 1 some failed (or the run did), 2 wrong usage, 130 interrupted. Ctrl-C takes no more URLs, gives those in
flight up to 4 s, and writes what there is; a second one ends at once.

Examples:
  overlap fetch urls.txt --concurrency 200 --out results.ndjson
  overlap fetch https://example.com/a https://example.com/b --body
  cut -d, -f2 sites.csv | overlap fetch --per-host 4 --retries 5 --save pages --out pages.csv
  overlap fetch ids.txt --method PUT --header "content-type: application/json" --data @body.json --rate 50
  overlap fetch urls.txt --out results.ndjson --journal done.db            # may be killed at any time
  overlap fetch urls.txt --out results.ndjson --journal done.db --resume   # and goes on`;

/** What a drain may take; the process ends a little later in any case. */
const graceMs = 4_000;
const hardEndMs = 5_000;
const notice = "finishing what is in flight; once more to end at once";

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

async function fetchUrls(urls: readonly string[], flags: FetchFlags, command: Command): Promise<number> {
  const stop = new AbortController();
  const plan = await toPlan(urls, flags, command, stop);
  await prepareReportFolder(flags.report);
  let interrupted = false;
  try {
    const result = await untilInterrupted(
      hardEndMs,
      async (drain) => {
        const result = await watched(plan, flags, { drain, stop });
        interrupted = drain.aborted;
        return result;
      },
      notice,
    );
    show(result, flags);
    if (interrupted) return exitCodes.interrupted;
    return result.totals.failed === 0 ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    if (error instanceof StdoutClosed) return exitCodes.done;
    throw error;
  } finally {
    if (plan.source.lines === process.stdin) process.stdin.destroy();
  }
}

async function toPlan(
  urls: readonly string[],
  flags: FetchFlags,
  command: Command,
  stop: AbortController,
): Promise<FetchPlan> {
  const refuse = (message: string): never => command.error(`error: ${message}`);
  if (flags.resume && flags.journal === undefined)
    refuse("--resume needs --journal, the file that says what is done");
  const source = await chooseUrls(urls, refuse);
  const data = await readData(flags.data).catch((error: Error) =>
    refuse(`cannot read --data: ${error.message}`),
  );
  const extra = { file: flags.save !== undefined, body: flags.body };
  return {
    source,
    concurrency: flags.concurrency,
    perHost: flags.perHost,
    ratePerSecond: flags.rate,
    timeoutMs: flags.timeout,
    retries: flags.retries,
    method: flags.method ?? (data === null ? "GET" : "POST"),
    headers: toHeaderFields(flags.header),
    data,
    keepText: flags.body,
    publicOnly: flags.publicOnly,
    folder: flags.save === undefined ? null : await BodyFolder.open(flags.save),
    rows:
      flags.out !== undefined
        ? outFile(flags.out, extra)
        : flags.json
          ? null
          : stdoutLines((reason) => stop.abort(reason)),
    journal: flags.journal ?? null,
    resume: flags.resume,
    trace: null,
  };
}

/** Runs it with a progress line. */
async function watched(
  plan: FetchPlan,
  flags: FetchFlags,
  ends: Pick<FetchControls, "drain" | "stop">,
): Promise<FetchResult> {
  using status = createStatusLine(flags.quiet);
  const startMs = performance.now();
  return await runFetch(plan, {
    ...ends,
    graceMs,
    onProgress: (totals, inFlight) => {
      const { count } = plan.source;
      const elapsedMs = performance.now() - startMs;
      status.update(() => progressText({ totals, inFlight, elapsedMs, count }));
    },
  });
}

function show({ totals, wallMs, skipped }: FetchResult, { json, quiet }: FetchFlags): void {
  if (json) process.stdout.write(`${JSON.stringify(totals.summary(wallMs), null, 2)}\n`);
  else if (!quiet) process.stderr.write(`${summaryText(totals, wallMs, skipped)}\n`);
}
