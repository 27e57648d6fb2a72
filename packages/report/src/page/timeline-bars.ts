import type { SpanKind } from "@overlap/trace";
import type { TimelineGroup } from "./timeline-layout.ts";

/** A rectangle of a timeline: times in milliseconds from its start, the rest in units of the drawing. */
export interface TimelineBar {
  readonly startMs: number;
  readonly endMs: number;
  readonly top: number;
  readonly height: number;
  readonly kind: SpanKind;
  readonly ok: boolean;
  /** The item; of merged spans, the first one's. */
  readonly label: string;
  /** How many spans it stands for. */
  readonly count: number;
}

/** The bars to draw, failed ones last so that nothing hides them. */
export interface TimelineBars {
  readonly bars: readonly TimelineBar[];
  /** Spans of a row that together fitted into this became one bar; 0 when every span has its own. */
  readonly mergedWithinMs: number;
}

/** How long a timeline is, how long one pixel of it, and how many bars it may have. */
export interface TimelineScale {
  readonly originMs: number;
  readonly pixelMs: number;
  readonly mostBars: number;
}

/**
 * One bar a span while there are at most `mostBars`; else spans of a row that together fit into a pixel become one bar,
 * and if that is not enough then into two, four and so on. So no end of a bar is off by more than that.
 */
export function timelineBars(groups: readonly TimelineGroup[], scale: TimelineScale): TimelineBars {
  let bars = groups.flatMap((group) => barsOf(group, scale.originMs));
  let mergedWithinMs = 0;
  if (bars.length > scale.mostBars) bars = bars.map(toPixelRow);
  while (bars.length > scale.mostBars) {
    mergedWithinMs = mergedWithinMs === 0 ? scale.pixelMs : mergedWithinMs * 2;
    bars = merge(bars, mergedWithinMs);
  }
  return { bars: bars.toSorted((a, b) => Number(b.ok) - Number(a.ok)), mergedWithinMs };
}

function barsOf({ placed, kind, rowsTop, rowHeight }: TimelineGroup, originMs: number): TimelineBar[] {
  return placed.map(({ span, row }) => ({
    startMs: Math.max(0, span.startMs - originMs),
    endMs: Math.max(0, span.endMs - originMs),
    top: rowsTop + row * rowHeight,
    height: rowHeight,
    kind,
    ok: span.ok,
    label: span.label,
    count: 1,
  }));
}

/** Rows thinner than a pixel share one. */
function toPixelRow(bar: TimelineBar): TimelineBar {
  return bar.height >= 1 ? bar : { ...bar, top: Math.floor(bar.top), height: 1 };
}

function merge(bars: readonly TimelineBar[], withinMs: number): TimelineBar[] {
  const merged: TimelineBar[] = [];
  const inOrder = bars.toSorted(
    (a, b) => a.top - b.top || Number(a.ok) - Number(b.ok) || a.startMs - b.startMs,
  );
  for (const bar of inOrder) {
    const last = merged.at(-1);
    const joins =
      last?.top === bar.top && last.ok === bar.ok && joined(last, bar).endMs - last.startMs <= withinMs;
    if (last === undefined || !joins) merged.push(bar);
    else merged[merged.length - 1] = joined(last, bar);
  }
  return merged;
}

function joined(first: TimelineBar, second: TimelineBar): TimelineBar {
  return { ...first, endMs: Math.max(first.endMs, second.endMs), count: first.count + second.count };
}
