import { formatAmount, formatCount } from "../format.ts";
import { shortened } from "./drawing-text.ts";
import type { Html } from "./html.ts";
import type { PageSize } from "./page-size.ts";
import { SPAN_STYLES } from "./span-style.ts";
import { drawSvg, MUTED, STRONG_END } from "./svg.ts";
import { barSeries, barTitle } from "./timeline-bar-series.ts";
import type { TimelineBar } from "./timeline-bars.ts";
import type { TimelineLayout } from "./timeline-layout.ts";
import { STRIP_HEADER, STRIP_HEIGHT, stripAxis, stripSeries, type TimelineStrip } from "./timeline-strip.ts";
import type { ZoomGeometry } from "./zoom-geometry.ts";

const AXIS_HEIGHT = 26;
const RIGHT = 1;

/** Everything in one drawing of a timeline. */
export interface TimelineFigure {
  readonly label: string;
  readonly layout: TimelineLayout;
  readonly bars: readonly TimelineBar[];
  readonly endMs: number;
  /** Left out when nothing was ever in flight. */
  readonly strip?: TimelineStrip;
}

/** A drawing, and what its zoom needs to know. */
export interface TimelineDrawing {
  readonly svg: Html;
  readonly zoom: ZoomGeometry;
}

/** Draws the rows of every lane, and under them how many requests were in flight. */
export function drawTimeline(figure: TimelineFigure, size: PageSize): TimelineDrawing {
  const { layout, endMs, strip, bars, label } = figure;
  const left = size.fontSize * 3;
  const plotWidth = size.width - left - RIGHT;
  const rows = { left, right: RIGHT, top: 0, height: layout.height };
  const under = { left, right: RIGHT, top: layout.height + STRIP_HEADER, height: STRIP_HEIGHT };
  const grids = strip === undefined ? [rows] : [rows, under];
  const option = {
    grid: grids.map((grid) => ({ ...grid, outerBoundsMode: "none" })),
    xAxis: grids.map((_, at) => ({ gridIndex: at, type: "value", show: false, min: 0, max: endMs })),
    yAxis: [rowAxis(layout), ...(strip === undefined ? [] : [stripAxis(strip, size)])],
    series: [
      barSeries(bars, left, plotWidth / endMs),
      headerSeries(headersOf(figure, size), left, size),
      ...(strip === undefined ? [] : stripSeries(strip, endMs, plotWidth)),
    ],
  };
  const height = layout.height + (strip === undefined ? 0 : STRIP_HEADER + STRIP_HEIGHT) + AXIS_HEIGHT;
  const bands = grids.map((grid) => [grid.top, grid.top + grid.height] as const);
  const zoom = { left, width: plotWidth, height, endMs, bands, ticks: size.ticks };
  // Fingers don't hover.
  const titles = size.className === "wide" ? [bars.map(barTitle)] : [];
  return { svg: drawSvg({ option, width: size.width, height, label, titles, zoom }), zoom };
}

function rowAxis({ height }: TimelineLayout): object {
  return { gridIndex: 0, type: "value", show: false, min: 0, max: height, inverse: true };
}

interface Header {
  readonly top: number;
  readonly name: string;
  readonly detail: string;
}

function headersOf({ layout, strip }: TimelineFigure, { longestName }: PageSize): Header[] {
  const headers = layout.groups.map(({ lane, kind, rows, placed, headerTop }) => ({
    top: headerTop,
    name: shortened(lane, longestName),
    detail: `${SPAN_STYLES[kind].name} · ${formatAmount(placed.length, "span")} · at most ${formatCount(rows)} at once`,
  }));
  if (strip === undefined) return headers;
  const limit = strip.limit === undefined ? "" : `limit ${formatCount(strip.limit)} · `;
  return [
    ...headers,
    { top: layout.height, name: "in flight", detail: `${limit}at most ${formatCount(strip.peak)}` },
  ];
}

function headerSeries(headers: readonly Header[], left: number, { fontSize }: PageSize): object {
  return {
    type: "custom",
    silent: true,
    data: headers.map((_, index) => [index, 0]),
    renderItem: ({ dataIndex }: { readonly dataIndex: number }) => {
      const header = headers[dataIndex];
      return header && { type: "text", x: left, y: header.top + 4, style: headerStyle(header, fontSize) };
    },
  };
}

function headerStyle({ name, detail }: Header, fontSize: number): object {
  const halo = { stroke: "var(--card)", lineWidth: 4 };
  return { text: `${name}${STRONG_END}${detail}`, fill: MUTED, fontSize, fontFamily: "inherit", ...halo };
}
