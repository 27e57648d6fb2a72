import { type Column, formatMs, formatRatio, type RecordedRun } from "@overlap/report";
import type { ExperimentPage } from "@overlap/report/page";
import { compareRuns, repeatNote, timelineOf } from "../comparison.ts";
import { machineFacts, recordRun } from "../figures.ts";
import type { Findings } from "../findings.ts";
import type { SquaresResult, SquaresRun } from "./experiment.ts";
import { type SquaresStrategy, squaresStrategies } from "./strategies.ts";

/** The result in every form in which it can be shown. */
export function squaresFindings(result: SquaresResult): Findings<SquaresRun> {
  return {
    json: () => squaresJson(result),
    table: () => ({ columns: columnsOf(result), rows: result.runs }),
    diagnosis: () => compareRuns(result.runs, (run) => recordOf(result, run)),
    records: () => result.runs.map((run) => recordOf(result, run)),
    page: () => squaresPage(result),
  };
}

function squaresJson({ options: { calls, delayMs }, runs }: SquaresResult): object {
  return {
    experiment: "squares",
    calls,
    delayMs,
    strategies: runs.map(({ strategy, returnedMs, wallMs, cpuMs, squares }) => ({
      name: strategy,
      returnedMs,
      wallMs,
      cpuMs,
      squares,
    })),
  };
}

function columnsOf({ options: { delayMs } }: SquaresResult): Column<SquaresRun>[] {
  return [
    { header: "strategy", value: (run) => run.strategy },
    { header: "calls", value: (run) => run.items },
    {
      header: "returned after",
      value: (run) => run.returnedMs,
      format: formatMs,
      description: "when every call had given control back to the program",
    },
    { header: "all done after", value: (run) => run.wallMs, format: formatMs },
    {
      header: "× one call",
      value: (run) => (delayMs > 0 ? run.wallMs / delayMs : undefined),
      format: formatRatio,
    },
    { header: "squares", value: (run) => run.squares.join(" ") },
  ];
}

function squaresPage(result: SquaresResult): ExperimentPage<SquaresRun> {
  const { options, runs } = result;
  return {
    title: "Squares",
    subtitle: `${options.calls} calls over the network, each answered after ${options.delayMs} ms`,
    context: [
      { label: "calls", value: options.calls },
      { label: "server", value: `${options.delayMs} ms` },
      ...machineFacts(),
    ],
    diagnosis: squaresFindings(result).diagnosis(),
    table: { columns: columnsOf(result), rows: runs },
    bars: {
      title: "Time until all are done",
      format: formatMs,
      bars: runs.map(({ strategy, wallMs }) => ({ name: strategy, value: wallMs })),
      bound: { label: "one call", value: options.delayMs },
    },
    strategies: runs.map((run) => timelineOf(strategyOf(run), recordOf(result, run))),
    notes: [
      "A call that returns at once has not done its work: the program can go on, and hears later. Callbacks, futures and tasks differ in how that is written down, not in how long it takes.",
      repeatNote(1),
    ],
  };
}

function recordOf({ options }: SquaresResult, run: SquaresRun): RecordedRun {
  const { delayMs, calls } = options;
  const limit = run.strategy === "serial" ? 1 : calls;
  return recordRun(run, {
    limit,
    delayMs,
    boundMs: Math.max(1, limit === 1 ? delayMs * calls : delayMs),
  });
}

function strategyOf({ strategy }: SquaresRun): SquaresStrategy {
  return squaresStrategies.find(({ name }) => name === strategy) as SquaresStrategy; // runs are made of these strategies
}
