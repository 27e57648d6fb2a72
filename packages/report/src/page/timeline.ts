import type { Span } from "@overlap/trace";
import { formatAmount, formatCount, formatMs } from "../format.ts";
import { inFlightSteps } from "../in-flight.ts";
import { percentile } from "../statistics.ts";
import type { Column } from "../table.ts";
import { type Html, html } from "./html.ts";
import { htmlTable } from "./html-table.ts";
import type { StrategyRun } from "./model.ts";
import { PAGE_SIZES, type PageSize } from "./page-size.ts";
import { SPAN_STYLES } from "./span-style.ts";
import { timelineBars } from "./timeline-bars.ts";
import { type TimelineFigure, timelineSvg } from "./timeline-chart.ts";
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
  const layout = layOutTimeline(spans);
  const endMs = spans.reduce(
    (latest, span) => Math.max(latest, span.endMs - run.startMs),
    Math.max(run.wallMs, LEAST_LENGTH_MS),
  );
  const strip = inFlightStrip(run, spans);
  const label = `Timeline of ${run.name}: ${formatAmount(spans.length, "span")} in ${formatMs(endMs)}`;
  const drawings = PAGE_SIZES.map((size) => {
    const scale = {
      originMs: run.startMs,
      pixelMs: endMs / size.width,
      mostBars: size.className === "wide" ? mostBars : Math.ceil(mostBars * NARROW_SHARE),
    };
    const { bars, mergedWithinMs } = timelineBars(layout.groups, scale);
    const figure: TimelineFigure = { label, layout, bars, endMs, ...(strip && { strip }) };
    return drawn(figure, size, spans.length, mergedWithinMs);
  });
  return html`<figure>${drawings}${sampleNote(run, spans.length)}
<details><summary>Figures of this timeline</summary>${htmlTable(`Spans of ${run.name}`, { columns: GROUP_COLUMNS, rows: layout.groups })}</details></figure>`;
}

function drawn(figure: TimelineFigure, size: PageSize, spanCount: number, mergedWithinMs: number): Html {
  const merged =
    mergedWithinMs > 0 &&
    html`<p class="quiet">${formatCount(spanCount)} spans, drawn as ${formatCount(figure.bars.length)} bars: spans of a row that together fit into ${formatMs(mergedWithinMs)} are drawn as one.</p>`;
  return html`<div class="${size.className}">${timelineSvg(figure, size)}${merged}</div>`;
}

function sampleNote({ droppedSpans = 0 }: StrategyRun, kept: number): Html | false {
  return (
    droppedSpans > 0 &&
    html`<p class="quiet">A sample: the trace kept ${formatCount(kept)} of ${formatCount(kept + droppedSpans)} spans, each with the same chance. The curve of requests in flight is scaled up from it.</p>`
  );
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
  return peak === 0 ? undefined : { steps, peak: Math.round(peak), limit: run.limit };
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
