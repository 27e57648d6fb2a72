import { availableParallelism } from "node:os";
import { type Column, type Diagnosis, formatMs, formatRatio, type Table } from "@overlap/report";
import type { ExperimentPage, Fact } from "@overlap/report/page";
import { compareRuns, medianRuns, perItemMs, repeatNote, timelineOf } from "../comparison.ts";
import { diagnoseRun, machineFacts } from "../figures.ts";
import { serverLimitFacts } from "../server-limits.ts";
import { type CrawlResult, crawlIdealMs } from "./experiment.ts";
import { type CrawlStrategyJson, crawlJson } from "./json.ts";
import type { CrawlRun } from "./run-once.ts";
import { crawlStrategies } from "./strategies.ts";
import type { CrawlStrategy } from "./strategy.ts";

/** The strategies in numbers, for the terminal and for the page. */
export function crawlTable(result: CrawlResult): Table<CrawlStrategyJson> {
  const againstIdeal: Column<CrawlStrategyJson> = {
    header: "× ideal",
    value: (row) => row.wallMs / crawlIdealMs(result, row.items),
    format: formatRatio,
    description: `against ${result.options.concurrency} downloads at a time, with no time lost in between`,
  };
  return { columns: [...leftColumns, againstIdeal, ...rightColumns], rows: crawlJson(result).strategies };
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
  return compareRuns(medianRuns(result.runs), (run) => diagnoseCrawlRun(result, run));
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
    strategies: runs.map((run) =>
      timelineOf(run, strategyOf(run), limitOf(result, run), diagnoseCrawlRun(result, run)),
    ),
    notes: [repeatNote(repeat)],
  };
}

function crawlContext({ options }: CrawlResult): Fact[] {
  return [
    { label: "items", value: options.plan.items },
    ...serverLimitFacts(options),
    { label: "in flight", value: `≤ ${options.concurrency}` },
    ...machineFacts(availableParallelism()),
  ];
}

function diagnoseCrawlRun(result: CrawlResult, run: CrawlRun): Diagnosis {
  return diagnoseRun(run, {
    cores: availableParallelism(),
    limit: limitOf(result, run),
    delayMs: result.options.delayMs,
    boundMs: crawlIdealMs(result, run.items),
    failed: run.failed,
  });
}

function limitOf({ options }: CrawlResult, run: CrawlRun): number {
  return strategyOf(run).inFlight(options.concurrency);
}

function strategyOf({ strategy }: CrawlRun): CrawlStrategy {
  return crawlStrategies.find((one) => one.name === strategy) as CrawlStrategy; // runs are made of these strategies
}
