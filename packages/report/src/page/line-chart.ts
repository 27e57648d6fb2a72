import { shortened } from "./drawing-text.ts";
import { type Html, html } from "./html.ts";
import type { Line, LineAxis, LineFigure, LinePoint } from "./model.ts";
import type { PageSize } from "./page-size.ts";
import { drawSvg, INK, LINE, MUTED } from "./svg.ts";

const HEIGHT = { wide: 340, narrow: 260 } as const;
const BOTTOM = 44;
const TOP = 28;
const LONGEST_MARK = 40;

/** Draws curves with their points, intervals as whiskers, and what stands out as a line across. */
export function lineChartSvg(figure: LineFigure, size: PageSize): Html {
  const { fontSize, width, className } = size;
  const height = HEIGHT[className];
  const left = widestLabel(figure.y, figure.lines) * fontSize * 0.6 + 16;
  const option = {
    grid: { left, right: 18, top: TOP, bottom: BOTTOM, outerBoundsMode: "none" },
    xAxis: {
      ...axis(
        figure.x,
        figure.lines.flatMap((line) => line.points.map(({ x }) => x)),
        size,
      ),
      nameGap: 28,
    },
    yAxis: { ...axis(figure.y, valuesOf(figure.lines), size), nameLocation: "end", nameGap: 12 },
    series: [
      ...figure.lines.map((line, at) => lineSeries(line, at, figure, size)),
      ...figure.lines.map((line, at) => whiskers(line, at)),
    ],
  };
  return drawSvg({ option, width, height, label: labelOf(figure) });
}

/** What the colours mean, in the order of the lines. */
export function lineLegend({ lines }: LineFigure): Html {
  const entry = ({ name, style }: Line, at: number) =>
    style === "curve"
      ? html`<li><i class="dashes" style="border-color:${colorOf(at)}"></i>${name}</li>`
      : html`<li><i style="background:${colorOf(at)}"></i>${name}</li>`;
  return html`<ul class="legend" aria-label="Lines">${lines.map(entry)}</ul>`;
}

function lineSeries(
  { name, points, style }: Line,
  at: number,
  { mark, x, lines }: LineFigure,
  size: PageSize,
): object {
  const curve = style === "curve";
  const color = colorOf(at);
  return {
    type: "line",
    name,
    silent: true,
    data: points.map((point) => [point.x, point.y]),
    symbol: curve ? "none" : "circle",
    symbolSize: 7,
    itemStyle: { color },
    lineStyle: { color, width: curve ? 1.5 : 2, ...(curve && { type: [5, 4] }) },
    ...(mark !== undefined &&
      at === Math.max(0, lines.length - 1) && { markLine: markLine(mark, x, size), ...markArea(mark) }),
  };
}

type Mark = NonNullable<LineFigure["mark"]>;

function markLine({ label, x }: Mark, axisOf: LineAxis, { fontSize }: PageSize): object {
  return {
    silent: true,
    symbol: "none",
    label: {
      show: true,
      position: "end",
      color: INK,
      fontSize,
      fontFamily: "inherit",
      formatter: () => shortened(`${label} ${axisOf.format(x)}`, LONGEST_MARK),
    },
    lineStyle: { color: INK, type: "solid", width: 1.25 },
    data: [{ xAxis: x }],
  };
}

function markArea({ low, high }: Mark): object {
  if (low === undefined || high === undefined || low >= high) return {};
  return {
    markArea: {
      silent: true,
      itemStyle: { color: INK, opacity: 0.09 },
      data: [[{ xAxis: low }, { xAxis: high }]],
    },
  };
}

/** Intervals of the points, where they have any. */
function whiskers({ points }: Line, at: number): object {
  const known = points.filter(
    (point): point is Required<LinePoint> => point.low !== undefined && point.high !== undefined,
  );
  return {
    type: "custom",
    silent: true,
    data: known.map(({ x, low, high }) => [x, low, high]),
    renderItem: (_: unknown, api: WhiskerApi) => {
      const [x, low] = api.coord([api.value(0), api.value(1)]);
      const [, high] = api.coord([api.value(0), api.value(2)]);
      return {
        type: "line",
        shape: { x1: x, y1: low, x2: x, y2: high },
        style: { stroke: colorOf(at), lineWidth: 1.5 },
      };
    },
  };
}

interface WhiskerApi {
  value(dimension: number): number;
  coord(point: readonly [number, number]): readonly [number, number];
}

function axis(
  { label, log = false, format }: LineAxis,
  values: readonly number[],
  { fontSize, ticks }: PageSize,
): object {
  const shared = {
    name: label,
    nameLocation: "middle",
    nameTextStyle: { color: MUTED, fontSize, align: "left" },
    axisLine: { lineStyle: { color: LINE } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: LINE } },
    axisLabel: { color: MUTED, fontSize, hideOverlap: true, formatter: format },
  };
  if (!log) return { ...shared, type: "value", min: 0, splitNumber: Math.min(6, ticks) };
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // Without ticks of its own a logarithmic axis shows only its ends.
  const marks = logTicks(least, most);
  const labels = { ...shared.axisLabel, customValues: marks };
  return {
    ...shared,
    type: "log",
    min: least,
    max: most,
    axisLabel: labels,
    splitLine: { ...shared.splitLine, show: true },
  };
}

/** 1, 2 and 5 times the powers of ten from `least` to `most`; only the powers where that would be many. */
function logTicks(least: number, most: number): number[] {
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const steps = to - from > 4 ? [1] : [1, 2, 5];
  const powers = Array.from({ length: to - from + 1 }, (_, at) => 10 ** (from + at));
  const within = powers
    .flatMap((power) => steps.map((step) => step * power))
    .filter((value) => value >= least && value <= most);
  return within.length > 1 ? within : [least, most];
}

function widestLabel({ format }: LineAxis, lines: readonly Line[]): number {
  return Math.max(...valuesOf(lines).map((value) => format(value).length), 3);
}

function valuesOf(lines: readonly Line[]): number[] {
  return lines.flatMap(({ points }) => points.flatMap(({ y, low = y, high = y }) => [low, y, high]));
}

function labelOf({ title, lines, mark, x, y }: LineFigure): string {
  const ends = lines.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    return first === undefined || last === undefined
      ? name
      : `${name} from ${y.format(first.y)} at ${x.format(first.x)} to ${y.format(last.y)} at ${x.format(last.x)}`;
  });
  return `${title}: ${ends.join("; ")}${mark === undefined ? "" : `; ${mark.label} ${x.format(mark.x)}`}`;
}

function colorOf(at: number): string {
  return `var(--line-${at % 8})`;
}
