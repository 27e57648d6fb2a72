import type { StageSummary } from "@overlap/pipeline";
import { type Column, formatCount, formatMs, type Table } from "@overlap/report";
import type { EndedRun } from "./job-run.ts";
import { endedItems } from "./rates.ts";

/** One stage in numbers. */
export type StageRow = StageSummary;

/** The stages in numbers, for the terminal and for the page. */
export function stageTable({ stages }: EndedRun): Table<StageRow> {
  return { columns, rows: stages };
}

const columns: readonly Column<StageRow>[] = [
  { header: "stage", value: ({ name }) => name },
  { header: "kind", value: ({ kind }) => kind },
  { header: "in", value: (stage) => stage.in, description: "items taken; batches, behind a batch stage" },
  { header: "out", value: ({ out }) => out, description: "given on, or saved" },
  { header: "failed", value: ({ failed }) => failed },
  { header: "retries", value: ({ retries }) => retries },
  {
    header: "busy",
    value: ({ busyMs }) => busyMs || undefined,
    format: formatMs,
    description: "had an item in its hands",
  },
  { header: "p50", value: ({ p50Ms }) => p50Ms || undefined, format: formatMs },
  { header: "p99", value: ({ p99Ms }) => p99Ms || undefined, format: formatMs },
];

/** What became of the items, in a sentence. */
export function tally(run: EndedRun): string {
  const { delivered, dropped, rejected, failed, skipped, items, retries, wallMs } = run;
  const parts = [
    `${formatCount(delivered)} delivered`,
    dropped > 0 && `${formatCount(dropped)} dropped`,
    rejected > 0 && `${formatCount(rejected)} set aside`,
    failed > 0 && `${formatCount(failed)} failed`,
    items > endedItems(run) && `${formatCount(items - endedItems(run))} not finished`,
    skipped > 0 && `${formatCount(skipped)} done before`,
    retries > 0 && `${formatCount(retries)} ${retries === 1 ? "retry" : "retries"}`,
  ].filter((part) => part !== false);
  const rate = wallMs > 0 ? ` (${formatCount((endedItems(run) * 1_000) / wallMs)}/s)` : "";
  return `${parts.join(", ")} in ${formatMs(wallMs)}${rate}.`;
}
