import type { Span } from "@overlap/trace";
import { type Html, html } from "./html.ts";
import type { StrategyRun } from "./model.ts";
import { FAILED_STYLE, SPAN_STYLES, type SpanStyle } from "./span-style.ts";

/** What the colours of the timelines mean; only those that occur. */
export function legend(runs: readonly StrategyRun[]): Html {
  const seen = new Set<SpanStyle>();
  for (const run of runs) for (const span of run.spans) seen.add(styleOf(span));
  const styles = [...Object.values(SPAN_STYLES), FAILED_STYLE].filter((style) => seen.has(style));
  const limit = runs.some((run) => run.limit !== undefined) && html`<li><i class="dashes"></i>limit</li>`;
  return html`<ul class="legend" aria-label="Colours">${styles.map(entry)}${limit}</ul>`;
}

function styleOf({ ok, kind }: Span): SpanStyle {
  return ok ? SPAN_STYLES[kind] : FAILED_STYLE;
}

function entry({ name, color }: SpanStyle): Html {
  return html`<li><i style="background:${color}"></i>${name}</li>`;
}
