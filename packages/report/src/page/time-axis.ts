import type { PageSize } from "./page-size.ts";
import { LINE, MUTED } from "./svg.ts";

/** A distance between ticks of 1, 2 or 5 times a power of ten that makes about `ticks` of them. */
function tickDistance(end: number, ticks: number): number {
  const rough = end / ticks;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((each) => each * power >= rough) ?? 10;
  return step * power;
}

/** An echarts axis from 0 to `endMs`, in seconds when it is longer than one. */
export function timeAxis(endMs: number, { fontSize, ticks }: PageSize, labelled: boolean): object {
  const inSeconds = endMs >= 1_000;
  return {
    type: "value",
    min: 0,
    max: endMs,
    interval: tickDistance(endMs, ticks),
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: LINE } },
    axisLabel: {
      show: labelled,
      showMaxLabel: false,
      hideOverlap: false,
      color: MUTED,
      fontSize,
      formatter: (ms: number) => (inSeconds ? `${trimmed(ms / 1_000)} s` : `${trimmed(ms)} ms`),
    },
  };
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(6)));
}
