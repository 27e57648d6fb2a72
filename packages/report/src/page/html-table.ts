import type { Table } from "../table.ts";
import { type WrittenColumn, writeTable } from "../written-table.ts";
import { type Html, html } from "./html.ts";

/** A table whose first column names the rows; it scrolls sideways by itself where the page is too narrow. */
export function htmlTable<Row>(caption: string, table: Table<Row>): Html {
  const { columns, rows } = writeTable(table);
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption class="unseen">${caption}</caption>
<thead><tr>${columns.map(headerCell)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell, at) => bodyCell(cell, columns[at], at === 0))}</tr>`)}</tbody>
</table></div>`;
}

function headerCell({ header, description, numeric }: WrittenColumn): Html {
  const title = description !== undefined && html` title="${description}"`;
  return html`<th scope="col"${alignment(numeric)}${title}>${header}</th>`;
}

function bodyCell(cell: string, column: WrittenColumn | undefined, first: boolean): Html {
  const align = alignment(column?.numeric ?? false);
  return first ? html`<th scope="row"${align}>${cell}</th>` : html`<td${align}>${cell}</td>`;
}

function alignment(numeric: boolean): Html | false {
  return numeric && html` class="number"`;
}
