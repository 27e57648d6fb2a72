import type { CounterSample, Span } from "@overlap/trace";
import { formatAmount, formatCount, formatMs } from "../format.ts";
import { inFlightSteps } from "../in-flight.ts";
import { percentile } from "../statistics.ts";
import type { Column } from "../table.ts";
import { type Html, html } from "./html.ts";
import { htmlTable } from "./html-table.ts";
import type { StrategyRun } from "./model.ts";
import { PAGE_SIZES, type PageSize } from "./page-size.ts";
import { SPAN_STYLES } from "./span-style.ts";
import { type TimelineScale, timelineBars } from "./timeline-bars.ts";
import { drawTimeline, type TimelineFigure } from "./timeline-chart.ts";
import { layOutTimeline, type TimelineGroup } from "./timeline-layout.ts";
import type { TimelineStrip } from "./timeline-strip.ts";

/** A phone shows a third of the width, so a third of the bars is as fine. */
const NARROW_SHARE = 1 / 3;

/** A timeline of no length has no scale. */
const LEAST_LENGTH_MS = 0.001;

/** A strategy's timeline for both widths, what it left out, and its figures as a table. */
export function timeline(run: StrategyRun, mostBars: number): Html {
  const spans = [...run.spans];
  if (spans.length === 0) return html`<p class="quiet">No spans were recorded.</p>`;
  const figure = figureOf(run, spans);
  const drawings = PAGE_SIZES.map((size) => drawn(figure, run, size, mostBars));
  return html`<figure>${drawings}${sampleNote(run, spans.length)}${limitTable(run)}
<details><summary>Figures of this timeline</summary>${htmlTable(`Spans of ${run.name}`, { columns: GROUP_COLUMNS, rows: figure.layout.groups })}</details></figure>`;
}

/** The drawing alone, for a file of its own; `undefined` when no spans were recorded. */
export function timelineDrawing(run: StrategyRun, size: PageSize, mostBars: number): Html | undefined {
  const spans = [...run.spans];
  if (spans.length === 0) return undefined;
  const figure = figureOf(run, spans);
  const { bars } = timelineBars(figure.layout.groups, scaleOf(figure, run, size, mostBars));
  return drawTimeline({ ...figure, bars }, size).svg;
}

type FigureWithoutBars = Omit<TimelineFigure, "bars"> & { readonly spanCount: number };

function figureOf(run: StrategyRun, spans: readonly Span[]): FigureWithoutBars {
  const endMs = spans.reduce(
    (latest, span) => Math.max(latest, span.endMs - run.startMs),
    Math.max(run.wallMs, run.scaleMs ?? 0, LEAST_LENGTH_MS),
  );
  const strip = inFlightStrip(run, spans);
  const label = `Timeline of ${run.name}: ${formatAmount(spans.length, "span")} in ${formatMs(endMs)}`;
  return { label, layout: layOutTimeline(spans), endMs, spanCount: spans.length, ...(strip && { strip }) };
}

function scaleOf(
  { endMs }: FigureWithoutBars,
  run: StrategyRun,
  size: PageSize,
  mostBars: number,
): TimelineScale {
  const most = size.className === "wide" ? mostBars : Math.ceil(mostBars * NARROW_SHARE);
  return { originMs: run.startMs, pixelMs: endMs / size.width, mostBars: most };
}

function drawn(figure: FigureWithoutBars, run: StrategyRun, size: PageSize, mostBars: number): Html {
  const { bars, mergedWithinMs } = timelineBars(figure.layout.groups, scaleOf(figure, run, size, mostBars));
  const { svg, zoom } = drawTimeline({ ...figure, bars }, size);
  const merged =
    mergedWithinMs > 0 &&
    html`<p class="quiet">${formatCount(figure.spanCount)} spans, drawn as ${formatCount(bars.length)} bars: spans of a row that together fit into ${formatMs(mergedWithinMs)} are drawn as one.</p>`;
  const box = html`<div class="zoom" role="group" aria-label="${figure.label}" data-zoom="${JSON.stringify(zoom)}">${svg}</div>`;
  return html`<div class="${size.className}">${box}${merged}</div>`;
}

function sampleNote({ droppedSpans = 0 }: StrategyRun, kept: number): Html | false {
  return (
    droppedSpans > 0 &&
    html`<p class="quiet">A sample: the trace kept ${formatCount(kept)} of ${formatCount(kept + droppedSpans)} spans, each with the same chance. The curve of requests in flight is scaled up from it.</p>`
  );
}

/** Why the limit changed, where it did. */
function limitTable({ name, limits = [], startMs }: StrategyRun): Html | false {
  if (limits.length === 0) return false;
  const columns: readonly Column<CounterSample>[] = [
    { header: "at", value: ({ atMs }) => Math.max(0, atMs - startMs), format: formatMs },
    { header: "limit", value: ({ value }) => value },
    { header: "why", value: ({ reason }) => reason },
  ];
  return html`<details><summary>How the limit changed (${formatAmount(limits.length, "time")})</summary>${htmlTable(`Limit of ${name}`, { columns, rows: limits })}</details>`;
}

function inFlightStrip(run: StrategyRun, spans: readonly Span[]): TimelineStrip | undefined {
  const kind = spans.some((span) => span.kind === "io") ? "io" : "sink";
  const { inFlight = (span) => span.kind === kind, startMs, droppedSpans = 0 } = run;
  const scale = (spans.length + droppedSpans) / spans.length;
  const flights = spans
    .filter(inFlight)
    .map((span) => ({ startMs: span.startMs - startMs, endMs: span.endMs - startMs }));
  const steps = inFlightSteps(flights).map((step) => ({ ...step, inFlight: step.inFlight * scale }));
  const peak = steps.reduce((most, step) => Math.max(most, step.inFlight), 0);
  const limits = (run.limits ?? []).map(({ atMs, value }) => ({ atMs: atMs - startMs, inFlight: value }));
  return peak === 0 ? undefined : { steps, peak: Math.round(peak), limit: run.limit, limits };
}

const lengths = ({ placed }: TimelineGroup) => placed.map(({ span }) => span.endMs - span.startMs);

const GROUP_COLUMNS: readonly Column<TimelineGroup>[] = [
  { header: "lane", value: ({ lane }) => lane },
  { header: "what", value: ({ kind }) => SPAN_STYLES[kind].name },
  { header: "spans", value: ({ placed }) => placed.length },
  { header: "failed", value: ({ placed }) => placed.filter(({ span }) => !span.ok).length },
  { header: "at once", value: ({ rows }) => rows, description: "most at the same time" },
  { header: "median", value: (group) => percentile(lengths(group), 50), format: formatMs },
  { header: "p99", value: (group) => percentile(lengths(group), 99), format: formatMs },
  { header: "together", value: (group) => lengths(group).reduce((sum, ms) => sum + ms, 0), format: formatMs },
];
