import { formatCount } from "./format.ts";
import type { Cell, Column, Table } from "./table.ts";

/** A table whose cells have become text. */
export interface WrittenTable {
  readonly columns: readonly WrittenColumn[];
  /** As many cells a row as there are columns. */
  readonly rows: readonly (readonly string[])[];
}

/** A column whose cells have become text. */
export interface WrittenColumn {
  readonly header: string;
  readonly description: string | undefined;
  /** Numbers are compared by their last digit, so they stand at the right. */
  readonly numeric: boolean;
}

/** Writes out every cell of a table. */
export function writeTable<Row>({ columns, rows }: Table<Row>): WrittenTable {
  return {
    columns: columns.map((column) => ({
      header: column.header,
      description: column.description,
      numeric: isNumeric(rows.map(column.value)),
    })),
    rows: rows.map((row) => columns.map((column) => writeCell(column, column.value(row)))),
  };
}

function isNumeric(cells: readonly Cell[]): boolean {
  const filled = cells.filter((cell) => cell !== undefined);
  return filled.length > 0 && filled.every((cell) => typeof cell === "number");
}

function writeCell<Row>({ format = plainNumber }: Column<Row>, cell: Cell): string {
  if (cell === undefined) return "–";
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  return typeof cell === "number" ? format(cell) : cell;
}

function plainNumber(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : value.toFixed(2);
}
