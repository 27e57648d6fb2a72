import type { Span, SpanKind } from "./span.ts";

/** The spans of one lane and kind: what is drawn together. */
export interface SpanGroup {
  readonly lane: string;
  readonly kind: SpanKind;
  readonly spans: readonly Span[];
}

/**
 * Spans by lane and kind, in the order in which each lane and kind first comes. Waiting and working are kept apart
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
    [...kinds].map(([kind, group]) => ({ lane, kind, spans: group })),
  );
}
