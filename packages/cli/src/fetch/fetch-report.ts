import { availableParallelism } from "node:os";
import type { startStopwatch } from "@overlap/lab";
import { type Column, diagnose, formatCount, formatMs, type Table } from "@overlap/report";
import type { BarFigure, ExperimentPage, Fact } from "@overlap/report/page";
import type { Trace } from "@overlap/trace";
import { shortCode } from "./fetch-text.ts";
import type { FetchSummary } from "./fetch-totals.ts";
import type { FetchPlan, FetchResult } from "./run-fetch.ts";

/** What a run used, and when it began. */
interface FetchMeasures extends ReturnType<ReturnType<typeof startStopwatch>> {
  /** On the trace's clock. */
  readonly startMs: number;
  readonly trace: Trace;
}

type Row = FetchSummary & { readonly meanInFlight: number; readonly cpuMs: number };

/** The page of `--report`: what limited the run, its figures, what went wrong, and the timeline of its requests. */
export function fetchPage(
  plan: FetchPlan,
  result: FetchResult,
  measures: FetchMeasures,
): ExperimentPage<Row> {
  const { concurrency } = plan;
  const summary = result.totals.summary(result.wallMs);
  const { items, failed, wallMs } = summary;
  const { cpuMs, mainCpuMs, activeMs, startMs, trace } = measures;
  const meanInFlight = Math.min(concurrency, result.totals.busyMs / wallMs);
  const diagnosis = diagnose({
    items: Math.max(1, items),
    failed,
    wallMs,
    cores: availableParallelism(),
    mainCpuMs,
    processCpuMs: Math.max(cpuMs, mainCpuMs),
    activeMs,
    meanInFlight,
    limit: concurrency,
  });
  return {
    title: "Fetch",
    subtitle: `${formatCount(items)} URLs, ${plan.method}, at most ${formatCount(concurrency)} in flight`,
    context: contextOf(plan),
    diagnosis,
    tableTitle: "Figures",
    table: tableOf({ ...summary, meanInFlight, cpuMs }),
    ...(failed > 0 && { bars: failuresOf(result) }),
    strategies: [
      {
        name: "requests",
        wallMs,
        startMs,
        spans: trace.spans(),
        droppedSpans: trace.dropped,
        limit: concurrency,
      },
    ],
    notes: [
      "One run, measured as it was. p50 and p99 are right within 5 %; they are of the last attempt of each URL that was answered.",
    ],
  };
}

function contextOf({ concurrency, perHost, ratePerSecond, timeoutMs, retries }: FetchPlan): Fact[] {
  return [
    { label: "in flight", value: `≤ ${formatCount(concurrency)}` },
    ...(perHost === undefined ? [] : [{ label: "per host", value: `≤ ${formatCount(perHost)}` }]),
    ...(ratePerSecond === undefined ? [] : [{ label: "rate", value: `≤ ${ratePerSecond}/s` }]),
    { label: "timeout", value: formatMs(timeoutMs) },
    { label: "retries", value: `≤ ${retries}` },
    { label: "Node", value: process.versions.node },
    { label: "cores", value: availableParallelism() },
  ];
}

function tableOf(row: Row): Table<Row> {
  return { columns, rows: [row] };
}

const columns: readonly Column<Row>[] = [
  { header: "URLs", value: ({ items }) => items },
  { header: "ok", value: ({ ok }) => ok },
  { header: "failed", value: ({ failed }) => failed },
  { header: "wall", value: ({ wallMs }) => wallMs, format: formatMs },
  { header: "per second", value: (row) => row.requestsPerSecond, format: (value) => value.toFixed(0) },
  {
    header: "in flight",
    value: (row) => row.meanInFlight,
    format: (value) => value.toFixed(1),
    description: "on average",
  },
  { header: "p50", value: ({ p50Ms }) => p50Ms, format: formatMs },
  { header: "p99", value: ({ p99Ms }) => p99Ms, format: formatMs },
  { header: "bytes", value: ({ bytes }) => bytes },
  { header: "sent again", value: ({ retries }) => retries },
  { header: "CPU", value: ({ cpuMs }) => cpuMs, format: formatMs },
];

function failuresOf({ totals }: FetchResult): BarFigure {
  return {
    title: "What went wrong",
    format: formatCount,
    bars: totals.errors.slice(0, 12).map(([code, value]) => ({ name: shortCode(code), value })),
  };
}
