import type { Breakdown } from "../breakdown.ts";
import { formatMs, formatShare } from "../format.ts";
import type { Column } from "../table.ts";
import { type Html, html } from "./html.ts";
import { htmlTable } from "./html-table.ts";
import type { StrategyRun } from "./model.ts";

/** A part of the wall time: how it is named and coloured. */
interface Part {
  readonly key: keyof Breakdown;
  readonly name: string;
  readonly color: string;
}

const PARTS: readonly Part[] = [
  { key: "javascriptMs", name: "JavaScript", color: "var(--cpu)" },
  { key: "crowdedOutMs", name: "ready, but other programs had the cores", color: "var(--crowded)" },
  { key: "blockedMs", name: "blocked by a synchronous call", color: "var(--blocked)" },
  { key: "waitingMs", name: "waiting for I/O", color: "var(--io)" },
  { key: "nothingMs", name: "nothing in flight", color: "var(--nothing)" },
];

const BESIDE: Part = {
  key: "otherCpuMs",
  name: "beside it: CPU of the pool, other threads and garbage collection",
  color: "var(--other)",
};

/** Less of the wall time than that is seen, but not named. */
const LEAST_NAMED = 0.005;
/** With more bars, a key for each would be all that one sees. */
const MOST_WITH_KEYS = 2;

/** A run of which it is known where its time went. */
type BrokenDown = StrategyRun & { readonly breakdown: Breakdown };

/** Where the wall time of each run went: a bar of 100 %, and under it the CPU of other threads, on the same scale. */
export function wallSection(runs: readonly StrategyRun[]): Html | false {
  const known = runs.filter((run): run is BrokenDown => run.breakdown !== undefined);
  if (known.length === 0) return false;
  return html`<section aria-labelledby="wall"><h2 id="wall">Where the time went</h2><figure>${known.length > MOST_WITH_KEYS && sharedKey(known)}<div class="parts">${known.map((run) => wallBar(run, known.length))}</div>
<details><summary>Figures of these bars</summary>${htmlTable("Where the time went", { columns: COLUMNS, rows: known })}</details></figure></section>`;
}

/** One key for all bars; their figures are in the table. */
function sharedKey(runs: readonly BrokenDown[]): Html {
  const seen = PARTS.filter(({ key }) =>
    runs.some(({ breakdown, wallMs }) => breakdown[key] / wallMs >= LEAST_NAMED),
  );
  return html`<ul class="share-key shared">${[...seen, BESIDE].map(({ name, color }) => keyEntry(name, color))}</ul>`;
}

function wallBar({ name, wallMs, breakdown }: BrokenDown, bars: number): Html {
  const seen = PARTS.filter(({ key }) => breakdown[key] > 0);
  const label = [
    ...seen.map(({ key, name: part }) => `${part} ${shareOf(breakdown[key], wallMs)}`),
    otherWords(breakdown, wallMs),
  ].join(", ");
  const keys = seen.filter(({ key }) => breakdown[key] / wallMs >= LEAST_NAMED);
  return html`<div>${bars > 1 && html`<h3>${name} <span class="wall">${formatMs(wallMs)}</span></h3>`}
<div class="share" role="img" aria-label="${label}">${seen.map(({ key, color }) => slice(breakdown[key], wallMs, color))}</div>
<div class="share beside" aria-hidden="true">${slice(Math.min(breakdown.otherCpuMs, wallMs), wallMs, "var(--other)")}</div>
${bars <= MOST_WITH_KEYS && html`<ul class="share-key">${[...keys, BESIDE].map(({ key, name: part, color }) => keyEntry(part, color, shareOf(breakdown[key], wallMs)))}</ul>`}</div>`;
}

function slice(partMs: number, wallMs: number, color: string): Html {
  return html`<i style="flex:0 0 ${((partMs / wallMs) * 100).toFixed(2)}%;background:${color}"></i>`;
}

function keyEntry(name: string, color: string, share?: string): Html {
  return html`<li><i style="background:${color}"></i>${name}${share !== undefined && html` <b>${share}</b>`}</li>`;
}

function shareOf(partMs: number, wallMs: number): string {
  return formatShare(partMs / wallMs);
}

function otherWords({ otherCpuMs }: Breakdown, wallMs: number): string {
  return `beside it CPU of others ${shareOf(otherCpuMs, wallMs)}`;
}

const COLUMNS: readonly Column<BrokenDown>[] = [
  { header: "run", value: ({ name }) => name },
  { header: "wall", value: ({ wallMs }) => wallMs, format: formatMs },
  ...PARTS.map(({ key, name }) => ({
    header: name,
    value: ({ breakdown }: BrokenDown) => breakdown[key],
    format: formatMs,
  })),
  {
    header: "CPU of others",
    value: ({ breakdown }) => breakdown.otherCpuMs,
    format: formatMs,
    description: "the pool, other threads, garbage collection; beside the wall time, not part of it",
  },
];
