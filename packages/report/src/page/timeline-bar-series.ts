import { formatCount, formatMs } from "../format.ts";
import { FAILED_STYLE, SPAN_STYLES } from "./span-style.ts";
import type { TimelineBar } from "./timeline-bars.ts";

const LEAST_WIDTH = 0.5;
/** An error must be seen, however short and however thin its row. */
const LEAST_FAILED_WIDTH = 2.5;
const LEAST_FAILED_HEIGHT = 6;
const FAILED_OVERHANG = 3;

/** The rows of a timeline as an echarts series, in the order given. */
export function barSeries(bars: readonly TimelineBar[], left: number, pixelsPerMs: number): object {
  return {
    type: "custom",
    silent: true,
    data: bars.map((_, index) => [index, 0]),
    renderItem: ({ dataIndex }: { readonly dataIndex: number }) => {
      const bar = bars[dataIndex];
      return bar && { type: "rect", shape: barShape(bar, left, pixelsPerMs), style: { fill: colorOf(bar) } };
    },
  };
}

/** What a bar says when it is pointed at. */
export function barTitle({ label, kind, ok, count, startMs, endMs }: TimelineBar): string {
  const what = `${SPAN_STYLES[kind].name}${ok ? "" : ", failed"}`;
  const when = `from ${formatMs(startMs)}, for ${formatMs(endMs - startMs)}`;
  if (count > 1) return `${formatCount(count)} spans, ${what}, ${when}`;
  return `${label === "" ? "" : `${label}: `}${what}, ${when}`;
}

function barShape(bar: TimelineBar, left: number, pixelsPerMs: number): object {
  const gap = rowGap(bar.height);
  const inRow = bar.height - gap;
  const height = bar.ok ? inRow : Math.max(LEAST_FAILED_HEIGHT, inRow + FAILED_OVERHANG);
  const leastWidth = bar.ok ? LEAST_WIDTH : LEAST_FAILED_WIDTH;
  return {
    x: rounded(left + bar.startMs * pixelsPerMs),
    y: rounded(bar.top + (inRow - height) / 2),
    width: rounded(Math.max(leastWidth, apart((bar.endMs - bar.startMs) * pixelsPerMs))),
    height: rounded(height),
  };
}

function rowGap(height: number): number {
  if (height >= 3) return 1;
  return height >= 1.5 ? 0.4 : 0;
}

/** Items that follow at once would look like one long one. */
function apart(width: number): number {
  return width > 4 ? width - 0.6 : width;
}

function colorOf({ ok, kind }: TimelineBar): string {
  return ok ? SPAN_STYLES[kind].color : FAILED_STYLE.color;
}

/** A tenth of a pixel is finer than a screen, and shorter than sixteen digits. */
function rounded(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
