import { shortened } from "./drawing-text.ts";
import type { Html } from "./html.ts";
import type { BarFigure } from "./model.ts";
import type { PageSize } from "./page-size.ts";
import { drawSvg, INK, LINE } from "./svg.ts";

const BAR_HEIGHT = 22;
const BAR_PITCH = 38;
const TOP = 26;
const BOTTOM = 6;
const LONGEST_NAME = 24;

/** Draws a bar a strategy, its value at its end, and the bound as a line across. */
export function barChartSvg(figure: BarFigure, size: PageSize): Html {
  const { fontSize, width } = size;
  const names = figure.bars.map(({ name }) => shortened(name, LONGEST_NAME));
  const left = Math.max(...names.map((name) => name.length), 1) * fontSize * 0.58 + 14;
  const values = figure.bars.map(({ value }) => value);
  const max = Math.max(...values, figure.bound?.value ?? 0) * (size.className === "wide" ? 1.1 : 1.32) || 1;
  const plotHeight = figure.bars.length * BAR_PITCH;
  const option = {
    grid: { left, right: 8, top: TOP, height: plotHeight, outerBoundsMode: "none" },
    // Every bar carries its value, so the axis would only repeat them.
    xAxis: { type: "value", show: false, min: 0, max },
    yAxis: nameAxis(names, fontSize),
    series: [barSeries(figure, size)],
  };
  const bound =
    figure.bound === undefined ? "" : `; ${figure.bound.label} ${figure.format(figure.bound.value)}`;
  const label = `${figure.title}: ${figure.bars.map(({ name, value }) => `${name} ${figure.format(value)}`).join(", ")}${bound}`;
  return drawSvg({ option, width, height: TOP + plotHeight + BOTTOM, label });
}

function nameAxis(names: readonly string[], fontSize: number): object {
  return {
    type: "category",
    inverse: true,
    data: names,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: LINE } },
    axisLabel: { color: INK, fontSize: fontSize + 1, interval: 0 },
  };
}

function barSeries(figure: BarFigure, size: PageSize): object {
  const { format, bars, bound } = figure;
  return {
    type: "bar",
    silent: true,
    barWidth: BAR_HEIGHT,
    itemStyle: { color: "var(--bar)", borderRadius: [0, 4, 4, 0] },
    label: {
      ...labelStyle(size, INK),
      position: "right",
      formatter: ({ dataIndex }: At) => valueText(figure, dataIndex),
    },
    data: bars.map(({ value }) => value),
    ...(bound === undefined ? {} : { markLine: boundLine(bound, format, size) }),
  };
}

interface At {
  readonly dataIndex: number;
}

function valueText({ bars, format }: BarFigure, index: number): string {
  return shortened(format(bars[index]?.value ?? 0), LONGEST_NAME);
}

type Bound = NonNullable<BarFigure["bound"]>;

function boundLine({ label, value }: Bound, format: BarFigure["format"], size: PageSize): object {
  const text = `${shortened(label, LONGEST_NAME)} ${shortened(format(value), LONGEST_NAME)}`;
  return {
    silent: true,
    symbol: "none",
    label: { ...labelStyle(size, INK), position: "start", formatter: () => text },
    lineStyle: { color: INK, type: [4, 3], width: 1.25 },
    data: [{ xAxis: value }],
  };
}

function labelStyle({ fontSize }: PageSize, color: string): object {
  return { show: true, color, fontSize, fontFamily: "inherit", textBorderWidth: 0 };
}
