import { groupSpans, packLanes, type Span, type SpanGroup, type SpanKind } from "@overlap/trace";
import { formatAmount } from "../format.ts";

/** The most height that the rows of one group get, in units of the drawing. */
const MOST_HEIGHT = 216;
/** Queued items can be ten thousand rows; what matters of them is when they leave. */
const MOST_QUEUE_HEIGHT = 72;
/** A crawl has a lane a host; the busiest are shown by themselves. */
const MOST_LANES = 24;
const ROW_HEIGHT = 14;
const HEADER_HEIGHT = 22;
const GROUP_GAP = 10;

/** A span with the row that it was packed into. */
interface PlacedSpan {
  readonly span: Span;
  readonly row: number;
}

/** The spans of one lane and kind, with their place in the drawing. */
export interface TimelineGroup {
  readonly lane: string;
  readonly kind: SpanKind;
  readonly placed: readonly PlacedSpan[];
  /** As many as spans overlap at the worst moment. */
  readonly rows: number;
  /** Where the group's name stands. */
  readonly headerTop: number;
  readonly rowsTop: number;
  readonly rowHeight: number;
}

/** Where everything in a timeline stands, from top to bottom; the same for every width. */
export interface TimelineLayout {
  readonly groups: readonly TimelineGroup[];
  readonly height: number;
}

/** Packs the spans of each lane and kind into rows, and stacks the groups; of many lanes the least busy become one. */
export function layOutTimeline(spans: Iterable<Span>): TimelineLayout {
  const groups: TimelineGroup[] = [];
  let top = 0;
  for (const group of groupSpans(gatherLanes([...spans]))) {
    const placed = placeGroup(group, top);
    groups.push(placed);
    top = placed.rowsTop + placed.rows * placed.rowHeight + GROUP_GAP;
  }
  return { groups, height: top };
}

function gatherLanes(spans: readonly Span[]): readonly Span[] {
  const counts = new Map<string, number>();
  for (const { lane } of spans) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  if (counts.size <= MOST_LANES) return spans;
  const busiest = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, MOST_LANES - 1);
  const shown = new Set(busiest.map(([lane]) => lane));
  const rest = formatAmount(counts.size - shown.size, "more lane");
  return spans.map((span) => (shown.has(span.lane) ? span : { ...span, lane: rest }));
}

function placeGroup({ lane, kind, spans }: SpanGroup, headerTop: number): TimelineGroup {
  const { laneOf, laneCount } = packLanes(spans);
  const most = kind === "queue" ? MOST_QUEUE_HEIGHT : MOST_HEIGHT;
  return {
    lane,
    kind,
    placed: spans.map((span, index) => ({ span, row: laneOf[index] ?? 0 })),
    rows: laneCount,
    headerTop,
    rowsTop: headerTop + HEADER_HEIGHT,
    rowHeight: Math.min(ROW_HEIGHT, most / laneCount),
  };
}
