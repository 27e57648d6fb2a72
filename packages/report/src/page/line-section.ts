import type { Column } from "../table.ts";
import { type Html, html } from "./html.ts";
import { htmlTable } from "./html-table.ts";
import { lineChartSvg, lineLegend } from "./line-chart.ts";
import type { Line, LineFigure, LinePoint } from "./model.ts";
import { PAGE_SIZES } from "./page-size.ts";

/** A point with the line that it is on. */
interface Row extends LinePoint {
  readonly line: string;
}

/** Curves with their legend, and all their points as a table. */
export function lineSection(figure: LineFigure, at: number): Html {
  const id = `lines-${at}`;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${figure.title}</h2>
${figure.description !== undefined && html`<p class="description">${figure.description}</p>`}
<figure>${figure.lines.length > 1 && lineLegend(figure)}
${PAGE_SIZES.map((size) => html`<div class="${size.className}">${lineChartSvg(figure, size)}</div>`)}
<details><summary>Figures of this chart</summary>${htmlTable(figure.title, { columns: columnsOf(figure), rows: figure.lines.flatMap(rowsOf) })}</details></figure></section>`;
}

function rowsOf({ name, points }: Line): Row[] {
  return points.map((point) => ({ ...point, line: name }));
}

function columnsOf({ x, y, lines }: LineFigure): Column<Row>[] {
  const columns: Column<Row>[] = [
    { header: "line", value: ({ line }) => line },
    { header: x.label, value: (point) => point.x, format: x.format },
    { header: y.label, value: (point) => point.y, format: y.format },
  ];
  if (!lines.some(({ points }) => points.some(({ low }) => low !== undefined))) return columns;
  return [
    ...columns,
    { header: "from", value: ({ low }) => low, format: y.format },
    { header: "to", value: ({ high }) => high, format: y.format },
  ];
}
