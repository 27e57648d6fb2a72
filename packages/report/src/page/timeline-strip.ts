import { formatCount } from "../format.ts";
import { type InFlightStep, meanPerBin } from "../in-flight.ts";
import type { PageSize } from "./page-size.ts";
import { SPAN_STYLES } from "./span-style.ts";
import { INK, LINE, MUTED } from "./svg.ts";

/** Room for the name of the strip. */
export const STRIP_HEADER = 24;
/** Zooming should show more than the pixels of the whole. */
const FINER = 4;
/** The height of the strip itself. */
export const STRIP_HEIGHT = 56;

/** The curve of requests in flight under a timeline. */
export interface TimelineStrip {
  readonly steps: readonly InFlightStep[];
  readonly peak: number;
  readonly limit: number | undefined;
  /** How the limit changed, where somebody changed it while the run went on. */
  readonly limits?: readonly InFlightStep[];
}

/** From 0 to the limit, or to the peak where that is higher. */
export function stripAxis({ peak, limit = 0, limits = [] }: TimelineStrip, { fontSize }: PageSize): object {
  const max = Math.max(1, peak, limit, ...limits.map(({ inFlight }) => inFlight));
  return {
    gridIndex: 1,
    type: "value",
    min: 0,
    max,
    interval: max,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: LINE } },
    axisLabel: { color: MUTED, fontSize, formatter: formatCount },
  };
}

const STEPS = { type: "line", xAxisIndex: 1, yAxisIndex: 1, step: "end", silent: true, symbol: "none" };

/** The curve as an echarts series: the mean of each part of the width, so that its area is true, and the limit as a line. */
export function stripSeries(
  { steps, limit, limits = [] }: TimelineStrip,
  endMs: number,
  pixels: number,
): object[] {
  const { color } = SPAN_STYLES.io;
  const curve = {
    ...STEPS,
    data: cornersOnly(pointsOf(steps, endMs, Math.floor(pixels) * FINER)),
    lineStyle: { color, width: 1.25 },
    areaStyle: { color, opacity: 0.18 },
    ...(limit === undefined || limits.length > 0 ? {} : { markLine: limitLine(limit) }),
  };
  return limits.length === 0 ? [curve] : [curve, limitSeries(limits, endMs)];
}

/** A limit that changed is a curve of its own. */
function limitSeries(limits: readonly InFlightStep[], endMs: number): object {
  const points = limits.map(({ atMs, inFlight }) => [Math.max(0, atMs), inFlight]);
  return {
    ...STEPS,
    data: [...points, [endMs, limits.at(-1)?.inFlight ?? 0]],
    lineStyle: { color: INK, type: [4, 3], width: 1 },
  };
}

type Point = readonly [atMs: number, inFlight: number];

function pointsOf(steps: readonly InFlightStep[], endMs: number, bins: number): Point[] {
  const means = meanPerBin(steps, endMs, bins).map((mean) => Math.round(mean * 100) / 100);
  return [...means, means.at(-1) ?? 0].map((mean, bin) => [(bin * endMs) / bins, mean]);
}

/** The points at which a step curve has its value for the first or for the last time. */
function cornersOnly(points: readonly Point[]): Point[] {
  return points.filter(([, value], at) => points[at - 1]?.[1] !== value || points[at + 1]?.[1] !== value);
}

function limitLine(limit: number): object {
  return {
    silent: true,
    symbol: "none",
    label: { show: false },
    lineStyle: { color: INK, type: [4, 3], width: 1 },
    data: [{ yAxis: limit }],
  };
}
