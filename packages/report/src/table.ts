/** What a cell of a table can hold; `undefined` is shown as a dash. */
export type Cell = string | number | boolean | undefined;

/**
 * A column of a table of `Row`s, for {@link textTable} and for the page alike.
 *
 * @example
 * ```ts
 * const wall: Column<{ wallMs: number }> = { header: "wall", value: (row) => row.wallMs, format: formatMs };
 * ```
 */
export interface Column<Row> {
  readonly header: string;
  /** The cell of a row. */
  readonly value: (row: Row) => Cell;
  /**
   * How a number is written.
   * @default {@link formatCount} for integers, two decimals for the rest
   */
  readonly format?: (value: number) => string;
  /** What the column means, shown on the page. */
  readonly description?: string;
}

/** Columns and the rows that they are taken from. */
export interface Table<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}
