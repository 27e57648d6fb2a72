import { formatCount, formatMs } from "@overlap/report";
import type { FetchTotals } from "./fetch-totals.ts";
import type { FetchProgress } from "./run-fetch.ts";

/** The progress line: how many, how fast, what goes wrong, how long still (when `count`, how many there are, is known). */
export function progressText(
  { totals, inFlight, skipped }: FetchProgress,
  elapsedMs: number,
  count: number | null,
): string {
  const { items, failed } = totals;
  const done = items + skipped;
  const perSecond = elapsedMs > 0 ? (items / elapsedMs) * 1_000 : 0;
  const parts = [
    count === null ? formatCount(done) : `${formatCount(done)} of ${formatCount(count)}`,
    `${formatCount(perSecond)}/s`,
    `${formatCount(inFlight)} in flight`,
  ];
  if (failed > 0) parts.push(`${formatCount(failed)} failed (${errorsText(totals, 3)})`);
  if (count !== null && count > done && perSecond > 0)
    parts.push(`${formatMs(((count - done) / perSecond) * 1_000)} left`);
  return parts.join(" · ");
}

/** The summary for people: one line, and one for what went wrong. */
export function summaryText(totals: FetchTotals, wallMs: number, skipped: number): string {
  const { items, ok, failed, bytes, p50Ms, p99Ms, retries, requestsPerSecond } = totals.summary(wallMs);
  const done = `${formatCount(items)} ${items === 1 ? "URL" : "URLs"} in ${formatMs(wallMs)} (${formatCount(requestsPerSecond)}/s)`;
  const parts = [`${done}: ${formatCount(ok)} ok, ${formatCount(failed)} failed`, bytesText(bytes)];
  if (p50Ms > 0) parts.push(`p50 ${formatMs(p50Ms)}, p99 ${formatMs(p99Ms)}`);
  if (retries > 0) parts.push(`${formatCount(retries)} sent again`);
  if (skipped > 0) parts.push(`${formatCount(skipped)} done before`);
  const lines = [parts.join(" · ")];
  if (failed > 0) lines.push(`failed: ${errorsText(totals, 10)}`);
  return lines.join("\n");
}

/** What a person can do after an interruption. */
export function howToGoOn(journal: string | undefined): string {
  if (journal !== undefined) return "To go on, run the same command with --resume.";
  return "Nothing notes which URLs are done; with --journal FILE, --resume goes on where a run ended.";
}

/** The most frequent errors, by what tells them apart. */
function errorsText({ errors }: FetchTotals, most: number): string {
  const shown = errors.slice(0, most).map(([code, count]) => `${formatCount(count)} ${shortCode(code)}`);
  const others = errors.slice(most).reduce((sum, [, count]) => sum + count, 0);
  return [...shown, ...(others > 0 ? [`${formatCount(others)} others`] : [])].join(", ");
}

/** `OVERLAP_HTTP_TIMEOUT_TOTAL` is `TIMEOUT_TOTAL` for people. */
export function shortCode(code: string): string {
  return code.replace(/^OVERLAP_(HTTP|PIPELINE)_/, "");
}

function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${power === 0 ? value : value.toPrecision(3)} ${units[power]}`;
}
