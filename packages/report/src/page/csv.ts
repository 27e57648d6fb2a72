import type { Cell } from "../table.ts";
import type { ExperimentPage } from "./model.ts";

/** Spreadsheets take a text that begins so for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * The table of a page as CSV (RFC 4180), raw numbers, one header line; without a table, the tiles. A text that a spreadsheet
 * would run as a formula gets a quote in front.
 */
export function toCsv<Row>({ table, tiles = [] }: ExperimentPage<Row>): string {
  const rows: Cell[][] =
    table === undefined
      ? [["figure", "value", "detail"], ...tiles.map(({ label, value, detail }) => [label, value, detail])]
      : [
          table.columns.map(({ header }) => header),
          ...table.rows.map((row) => table.columns.map(({ value }) => value(row))),
        ];
  return rows.map((cells) => `${cells.map(field).join(",")}\r\n`).join("");
}

function field(cell: Cell): string {
  if (cell === undefined) return "";
  if (typeof cell !== "string") return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
