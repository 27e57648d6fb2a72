import type { SpanKind } from "@overlap/trace";

/** How a kind of span is named and coloured. */
export interface SpanStyle {
  readonly name: string;
  readonly color: string;
}

/** In the order of the legend. */
export const SPAN_STYLES: Readonly<Record<SpanKind, SpanStyle>> = {
  queue: { name: "queued", color: "var(--queue)" },
  io: { name: "in flight", color: "var(--io)" },
  cpu: { name: "computing", color: "var(--cpu)" },
  blocked: { name: "blocked", color: "var(--blocked)" },
  sink: { name: "saving", color: "var(--sink)" },
};

/** What ended with an error, whatever its kind. */
export const FAILED_STYLE: SpanStyle = { name: "failed", color: "var(--failed)" };
