import { createHash } from "node:crypto";
import type { Diagnosis } from "../diagnosis.ts";
import { formatMs } from "../format.ts";
import { barChartSvg } from "./bar-chart.ts";
import { downloads } from "./downloads.ts";
import { Html, html, jsonScript } from "./html.ts";
import { htmlTable } from "./html-table.ts";
import { legend } from "./legend.ts";
import { lineSection } from "./line-section.ts";
import type { BarFigure, ExperimentPage, Fact, StrategyRun, Tile } from "./model.ts";
import { pageData } from "./page-data.ts";
import { PAGE_SIZES } from "./page-size.ts";
import { STYLE } from "./style.ts";
import { timeline } from "./timeline.ts";
import { wallSection } from "./wall-shares.ts";
import { ZOOM_SCRIPT } from "./zoom-script.ts";

/** More bars make the page slow, and no screen shows them. */
const MOST_BARS = 20_000;
const SCRIPT_HASH = createHash("sha256").update(ZOOM_SCRIPT).digest("base64");

/**
 * The page of an experiment as one self-contained HTML file: no network, light and dark, for wide and narrow screens, with a
 * table behind each chart. Every text that comes from the run is escaped. Its one script lets the timelines zoom; without it
 * everything is there to read.
 *
 * The page has at most 20,000 bars in its timelines, shared out evenly; where spans are merged to stay below, or are a
 * sample, it says so. The same page always gives the same text.
 *
 * @example
 * ```ts
 * await writeFile("index.html", renderPage({ title: "hash", context: [], diagnosis: diagnose(figures), … }));
 * ```
 */
export function renderPage<Row>(page: ExperimentPage<Row>): string {
  const runs = page.strategies.map((run) => ({ ...run, spans: [...run.spans] }));
  const { tableTitle = runs.length > 1 || page.tiles === undefined ? "Strategies" : "Figures" } = page;
  const mostBars = Math.floor(MOST_BARS / Math.max(1, runs.length));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${SCRIPT_HASH}'">
<link rel="icon" href="data:,">
<title>${page.title} · Overlap</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="brand">Overlap</p>
<h1>${page.title}</h1>
${page.subtitle !== undefined && html`<p class="subtitle">${page.subtitle}</p>`}
${page.context.length > 0 && html`<dl class="context">${page.context.map(fact)}</dl>`}
</header>
<main>
${verdict(page.diagnosis)}
${page.tiles !== undefined && html`<dl class="tiles" aria-label="Figures">${page.tiles.map(tile)}</dl>`}
${page.table !== undefined && html`<section aria-labelledby="strategies"><h2 id="strategies">${tableTitle}</h2>${htmlTable(tableTitle, page.table)}</section>`}
${page.bars !== undefined && barSection(page.bars)}
${page.lines?.map(lineSection)}
${wallSection(runs)}
${
  runs.length > 0 &&
  html`<section aria-labelledby="timelines"><h2 id="timelines">Timelines</h2>
${legend(runs)}
${runs.map((run) => strategy(run, mostBars))}</section>`
}
<section class="notes"><details><summary>Method, notes and downloads</summary>
${page.notes.length > 0 && html`<ul>${page.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${downloads(page)}</details></section>
</main>
<footer>One file, no network: it can be kept, mailed and opened anywhere.</footer>
${jsonScript("overlap-data", pageData(page))}
${runs.length > 0 && html`<script>${new Html(ZOOM_SCRIPT)}</script>`}
</body>
</html>
`.text;
}

function fact({ label, value }: Fact): Html {
  return html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
}

function tile({ label, value, detail }: Tile): Html {
  return html`<div><dt>${label}</dt><dd class="value">${value}</dd>${detail !== undefined && html`<dd class="detail">${detail}</dd>`}</div>`;
}

function verdict({ rule, headline, why }: Diagnosis): Html {
  return html`<section class="verdict" data-rule="${rule}" aria-label="Diagnosis"><p class="headline">${headline}</p><p class="why">${why}</p></section>`;
}

function barSection(figure: BarFigure): Html {
  const columns = [
    { header: "strategy", value: (bar: BarFigure["bars"][number]) => bar.name },
    { header: figure.title, value: (bar: BarFigure["bars"][number]) => bar.value, format: figure.format },
  ];
  return html`<section aria-labelledby="bars"><h2 id="bars">${figure.title}</h2><figure>
${PAGE_SIZES.map((size) => html`<div class="${size.className}">${barChartSvg(figure, size)}</div>`)}
<details><summary>Figures of this chart</summary>${htmlTable(figure.title, { columns, rows: figure.bars })}</details></figure></section>`;
}

function strategy(run: StrategyRun, mostBars: number): Html {
  return html`<article class="card"><h3>${run.name} <span class="wall">${formatMs(run.wallMs)}</span></h3>
${run.description !== undefined && html`<p class="description">${run.description}</p>`}
${run.diagnosis !== undefined && html`<p class="finding" data-rule="${run.diagnosis.rule}">${run.diagnosis.headline}</p>`}
${timeline(run, mostBars)}</article>`;
}
