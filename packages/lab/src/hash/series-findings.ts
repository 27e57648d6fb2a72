import { type Column, type Diagnosis, formatCount, formatMs, formatRatio } from "@overlap/report";
import type { ExperimentPage, LineFigure } from "@overlap/report/page";
import { machineFacts } from "../figures.ts";
import type { Findings } from "../findings.ts";
import { serverLimitFacts } from "../server-limits.ts";
import { type HashResult, hashBoundMs } from "./experiment.ts";
import { type HashStrategyJson, hashJson } from "./json.ts";
import { hashFindings, hashPage } from "./page.ts";
import type { HashSeriesResult } from "./series.ts";

/** One strategy with one difficulty. */
interface SeriesRow extends HashStrategyJson {
  readonly difficulty: number;
  readonly iterationMs: number;
  readonly boundMs: number;
}

/** The result in every form in which it can be shown. */
export function hashSeriesFindings(series: HashSeriesResult): Findings<SeriesRow> {
  return {
    json: () => ({ experiment: "hash", series: series.results.map(hashJson) }),
    table: () => ({ columns, rows: rowsOf(series) }),
    diagnosis: () => seriesDiagnosis(series),
    records: () => series.results.flatMap((result) => hashFindings(result).records?.() ?? []),
    page: () => seriesPage(series),
  };
}

const columns: readonly Column<SeriesRow>[] = [
  { header: "strategy", value: (row) => row.name },
  { header: "difficulty", value: (row) => row.difficulty },
  { header: "iteration", value: (row) => row.iterationMs, format: formatMs, description: "CPU of one hash" },
  { header: "items", value: (row) => row.items },
  { header: "wall", value: (row) => row.wallMs, format: formatMs },
  { header: "per item", value: (row) => row.perItemMs, format: formatMs },
  { header: "× bound", value: (row) => row.wallMs / row.boundMs, format: formatRatio },
  { header: "saved", value: (row) => row.saved },
];

function rowsOf({ results }: HashSeriesResult): SeriesRow[] {
  return results.flatMap((result) => {
    const { strategies, difficulty, cpuMsPerItem: iterationMs } = hashJson(result);
    return strategies.map((row) => ({
      ...row,
      difficulty,
      iterationMs,
      boundMs: hashBoundMs(result, row.items),
    }));
  });
}

/** What waits matters less the more there is to compute: said with the first and the last difficulty. */
function seriesDiagnosis({ results }: HashSeriesResult): Diagnosis {
  const [first, last] = [results[0], results.at(-1)] as [HashResult, HashResult]; // there is at least one
  if (first === last) return hashFindings(first).diagnosis();
  const gain = (result: HashResult) => {
    const saving = hashJson(result).strategies.filter(({ verified }) => verified);
    const perItem = saving.map((row) => row.perItemMs);
    return formatRatio(Math.max(...perItem) / Math.min(...perItem));
  };
  const at = ({ options, cpuMsPerItem }: HashResult) =>
    `difficulty ${options.difficulty} (${formatMs(cpuMsPerItem)} an iteration)`;
  return {
    rule: "finding",
    headline: `The fastest way is ${gain(first)} as fast as the slowest with ${at(first)}, and ${gain(last)} with ${at(last)}.`,
    why: "Waiting can be filled with computing as long as there is waiting: the longer an iteration computes, the less there is to win on one core, and the more on several.",
  };
}

function seriesPage(series: HashSeriesResult): ExperimentPage<SeriesRow> {
  const last = series.results.at(-1) as HashResult; // there is at least one
  const { options } = last;
  const { strategies, notes } = hashPage(last);
  return {
    title: "Hash and save: run time against time per iteration",
    subtitle: `Strings hashed with bcrypt, each saved to an HTTP database that takes ${options.delayMs} ms to answer`,
    context: [
      { label: "items", value: options.plan.items },
      { label: "difficulties", value: series.results.map((result) => result.options.difficulty).join(", ") },
      ...serverLimitFacts(options),
      { label: "in flight", value: `≤ ${options.concurrency}` },
      ...machineFacts(),
    ],
    diagnosis: seriesDiagnosis(series),
    table: { columns, rows: rowsOf(series) },
    lines: [seriesFigure(series)],
    strategies,
    notes: [
      `Of a strategy that had fewer items, the figure shows what ${formatCount(options.plan.items)} would have taken at the same pace. The timelines are those of difficulty ${options.difficulty}.`,
      ...notes,
    ],
  };
}

function seriesFigure(series: HashSeriesResult): LineFigure {
  const rows = rowsOf(series);
  const items = series.results[0]?.options.plan.items ?? 1;
  return {
    title: "Run time against time per iteration",
    x: { label: "CPU of one iteration", log: true, format: formatMs },
    y: { label: `time for ${formatCount(items)} items`, log: true, format: formatMs },
    lines: [...new Set(rows.map(({ name }) => name))].map((name) => ({
      name,
      points: rows
        .filter((row) => row.name === name)
        .map((row) => ({ x: row.iterationMs, y: row.perItemMs * items })),
    })),
  };
}
