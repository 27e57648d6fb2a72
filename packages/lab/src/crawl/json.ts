import { percentile } from "@overlap/report";
import { medianRun, type Runs } from "../repeat.ts";
import { type RepeatedFigures, repeatedFigures } from "../repeated-runs.ts";
import { type CrawlResult, crawlIdealMs } from "./experiment.ts";
import type { CrawlRun } from "./run-once.ts";

/** What `overlap lab crawl --json` prints of one strategy; the figures are those of its median run. */
export interface CrawlStrategyJson extends RepeatedFigures {
  readonly name: string;
  readonly items: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly serverCpuMs: number;
  readonly bytes: number;
  readonly requestsPerSecond: number;
  readonly meanInFlight: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

/** What `overlap lab crawl --json` prints. All times in milliseconds. */
export interface CrawlJson {
  readonly experiment: "crawl";
  readonly items: number;
  readonly delayMs: number;
  readonly concurrency: number;
  readonly repeat: number;
  readonly idealMs: number;
  readonly strategies: readonly CrawlStrategyJson[];
}

/** The result as plain data, without the traces. */
export function crawlJson(result: CrawlResult): CrawlJson {
  const { plan, delayMs, concurrency, repeat } = result.options;
  return {
    experiment: "crawl",
    items: plan.items,
    delayMs,
    concurrency,
    repeat,
    idealMs: crawlIdealMs(result, plan.items),
    strategies: crawlRows(result),
  };
}

/** A row for each strategy. */
export function crawlRows({ runs }: CrawlResult): CrawlStrategyJson[] {
  const repeated = repeatedFigures(runs);
  return runs.map((ofOne, index) => strategyJson(ofOne, repeated[index] as RepeatedFigures)); // one for each
}

function strategyJson(runs: Runs<CrawlRun>, repeated: RepeatedFigures): CrawlStrategyJson {
  const { strategy, items, wallMs, cpuMs, serverCpuMs, bytes, failed, trace } = medianRun(
    runs,
    (run) => run.wallMs,
  );
  const spans = [...trace.spans()];
  const durations = spans.map((span) => span.endMs - span.startMs);
  return {
    name: strategy,
    items,
    wallMs,
    cpuMs,
    serverCpuMs,
    bytes,
    requestsPerSecond: (items / wallMs) * 1_000,
    meanInFlight: durations.reduce((sum, duration) => sum + duration, 0) / wallMs,
    p50Ms: percentile(durations, 50),
    p99Ms: percentile(durations, 99),
    failed,
    ...repeated,
  };
}
