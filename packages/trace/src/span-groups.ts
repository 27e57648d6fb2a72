import { SPAN_KINDS, type Span, type SpanKind } from "./span.ts";

/** The spans of one lane and kind: what is drawn together. */
export interface SpanGroup {
  readonly lane: string;
  readonly kind: SpanKind;
  readonly spans: readonly Span[];
}

/**
 * Spans by lane, in the order in which each lane first comes, and in each lane by kind, in the order in which an item
 * passes through them. Waiting and working are kept apart
 * because a thousand queued requests overlap where fifty at a time are in flight.
 */
export function groupSpans(spans: Iterable<Span>): SpanGroup[] {
  const lanes = new Map<string, Map<SpanKind, Span[]>>();
  for (const span of spans) {
    const kinds = lanes.get(span.lane) ?? new Map<SpanKind, Span[]>();
    lanes.set(span.lane, kinds);
    const group = kinds.get(span.kind);
    if (group === undefined) kinds.set(span.kind, [span]);
    else group.push(span);
  }
  return [...lanes].flatMap(([lane, kinds]) =>
    SPAN_KINDS.flatMap((kind) => {
      const group = kinds.get(kind);
      return group === undefined ? [] : [{ lane, kind, spans: group }];
    }),
  );
}
