import { availableParallelism } from "node:os";
import { formatCount, formatMs, type RecordedRun } from "@overlap/report";
import { type BarFigure, type ExperimentPage, runPage, type Tile } from "@overlap/report/page";
import type { RunRecorder } from "@overlap/trace";
import { shortCode } from "./fetch-text.ts";
import type { FetchPlan, FetchResult } from "./run-fetch.ts";
import { tunedDiagnosis } from "./tuned-diagnosis.ts";
import { settledText } from "./tuning-text.ts";

/** The run as `--report` draws it and `--trace` keeps it. */
export function recordFetch(plan: FetchPlan, result: FetchResult, recorder: RunRecorder): RecordedRun {
  const { method } = plan;
  const { limit, decisions } = result;
  const { items, failed, retries } = result.totals.summary(result.wallMs);
  const record = {
    name: "Fetch",
    description: `${formatCount(items)} URLs, ${method}, ${settledText(decisions) ?? `at most ${formatCount(limit)} in flight`}`,
    times: recorder.stop(),
    items,
    failed,
    retries,
    limit,
    cores: availableParallelism(),
    context: contextOf(plan),
  };
  return { record, trace: recorder.trace };
}

/** The page of `--report`: what limited the run, its figures, what went wrong, and the timeline of its requests. */
export function fetchPage(recorded: RecordedRun, result: FetchResult): ExperimentPage<never> {
  const { failed, p50Ms, p99Ms } = result.totals.summary(result.wallMs);
  const page = runPage(recorded);
  const answer = `${formatMs(p50Ms)} / ${formatMs(p99Ms)}`;
  return {
    ...page,
    diagnosis: tunedDiagnosis(page.diagnosis, result.decisions),
    ...(page.tiles && { tiles: page.tiles.map((tile) => withAnswer(tile, answer)) }),
    ...(failed > 0 && { bars: failuresOf(result) }),
  };
}

/** A request has several spans, one after the other, so their lengths are not those of the answers. */
function withAnswer(tile: Tile, value: string): Tile {
  return tile.label.startsWith("Answer")
    ? { ...tile, value, detail: "of the last attempt, within 5 %" }
    : tile;
}

function contextOf(plan: FetchPlan): Record<string, string | number> {
  const { perHost, ratePerSecond, timeoutMs, retries } = plan;
  return {
    ...(perHost !== undefined && { "per host": perHost === "auto" ? perHost : `≤ ${formatCount(perHost)}` }),
    ...(ratePerSecond !== undefined && { rate: `≤ ${ratePerSecond}/s` }),
    timeout: formatMs(timeoutMs),
    retries: `≤ ${retries}`,
    Node: process.versions.node,
  };
}

function failuresOf({ totals }: FetchResult): BarFigure {
  return {
    title: "What went wrong",
    format: formatCount,
    bars: totals.errors.slice(0, 12).map(([code, value]) => ({ name: shortCode(code), value })),
  };
}
