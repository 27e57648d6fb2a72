import {
  type Column,
  type Diagnosis,
  formatMs,
  formatRatio,
  type RecordedRun,
  type Table,
} from "@overlap/report";
import type { ExperimentPage, Fact } from "@overlap/report/page";
import { compareRuns, medianRuns, perItemMs, repeatNote, timelineOf } from "../comparison.ts";
import { machineFacts, recordRun } from "../figures.ts";
import type { Findings } from "../findings.ts";
import { repeatedColumns } from "../repeated-runs.ts";
import { serverLimitFacts } from "../server-limits.ts";
import { type CrawlResult, crawlIdealMs } from "./experiment.ts";
import { type CrawlStrategyJson, crawlJson, crawlRows } from "./json.ts";
import type { CrawlRun } from "./run-once.ts";
import { crawlStrategies } from "./strategies.ts";
import type { CrawlStrategy } from "./strategy.ts";

/** The result in every form in which it can be shown. */
export function crawlFindings(result: CrawlResult): Findings<CrawlStrategyJson> {
  return {
    json: () => crawlJson(result),
    table: () => crawlTable(result),
    diagnosis: () => crawlDiagnosis(result),
    records: () => result.runs.flat().map((run) => recordOf(result, run)),
    page: () => crawlPage(result),
  };
}

/** The strategies in numbers, for the terminal and for the page. */
export function crawlTable(result: CrawlResult): Table<CrawlStrategyJson> {
  const againstIdeal: Column<CrawlStrategyJson> = {
    header: "× ideal",
    value: (row) => row.wallMs / crawlIdealMs(result, row.items),
    format: formatRatio,
    description: `against ${result.options.concurrency} downloads at a time, with no time lost in between`,
  };
  const repeated = result.options.repeat > 1 ? repeatedColumns : [];
  return { columns: [...leftColumns, againstIdeal, ...rightColumns, ...repeated], rows: crawlRows(result) };
}

const leftColumns: readonly Column<CrawlStrategyJson>[] = [
  { header: "strategy", value: (row) => row.name },
  { header: "items", value: (row) => row.items },
  { header: "wall", value: (row) => row.wallMs, format: formatMs },
  { header: "per item", value: (row) => row.wallMs / row.items, format: formatMs },
];

const rightColumns: readonly Column<CrawlStrategyJson>[] = [
  { header: "per second", value: (row) => row.requestsPerSecond, format: (value) => value.toFixed(0) },
  {
    header: "in flight",
    value: (row) => row.meanInFlight,
    format: (value) => value.toFixed(1),
    description: "on average",
  },
  { header: "p50", value: (row) => row.p50Ms, format: formatMs },
  { header: "p99", value: (row) => row.p99Ms, format: formatMs },
  { header: "CPU", value: (row) => row.cpuMs, format: formatMs },
  { header: "failed", value: (row) => row.failed },
];

/** What the experiment comes to: how much faster the best strategy is than the slowest, and what limits it now. */
export function crawlDiagnosis(result: CrawlResult): Diagnosis {
  return compareRuns(medianRuns(result.runs), (run) => recordOf(result, run));
}

/** The page: table, bars, and a timeline for each strategy. */
export function crawlPage(result: CrawlResult): ExperimentPage<CrawlStrategyJson> {
  const { plan, delayMs, repeat } = result.options;
  const runs = medianRuns(result.runs);
  return {
    title: "Crawl",
    subtitle: `Pages downloaded from a server that takes ${delayMs} ms to answer`,
    context: crawlContext(result),
    diagnosis: crawlDiagnosis(result),
    table: crawlTable(result),
    bars: {
      title: "Time per item",
      format: formatMs,
      bars: runs.map((run) => ({ name: run.strategy, value: perItemMs(run) })),
      bound: { label: "ideal", value: crawlIdealMs(result, plan.items) / plan.items },
    },
    strategies: runs.map((run) => timelineOf(strategyOf(run), recordOf(result, run))),
    notes: [repeatNote(repeat)],
  };
}

function crawlContext({ options }: CrawlResult): Fact[] {
  return [
    { label: "items", value: options.plan.items },
    ...serverLimitFacts(options),
    { label: "in flight", value: `≤ ${options.concurrency}` },
    ...machineFacts(),
  ];
}

function recordOf(result: CrawlResult, run: CrawlRun): RecordedRun {
  return recordRun(run, {
    limit: strategyOf(run).inFlight(result.options.concurrency),
    delayMs: result.options.delayMs,
    boundMs: crawlIdealMs(result, run.items),
    failed: run.failed,
  });
}

function strategyOf({ strategy }: CrawlRun): CrawlStrategy {
  return crawlStrategies.find((one) => one.name === strategy) as CrawlStrategy; // runs are made of these strategies
}
