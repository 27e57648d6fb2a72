import type { Column } from "./table.ts";
import { writeTable } from "./written-table.ts";

const GAP = "  ";
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
/** East Asian wide characters and emoji take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/**
 * The rows as an aligned table for a terminal: a header, a rule, a line a row, numbers at the right. Control characters
 * in cells are shown as `�`, so that a name can't move the cursor or change colours.
 *
 * @returns lines joined by newlines, without one at the end
 *
 * @example
 * ```ts
 * textTable([{ header: "strategy", value: (row) => row.name }, { header: "items", value: (row) => row.items }], [
 *   { name: "serial", items: 40 },
 *   { name: "overlap", items: 1_200 },
 * ]);
 * // strategy  items
 * // ────────  ─────
 * // serial       40
 * // overlap   1,200
 * ```
 */
export function textTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const written = writeTable({ columns, rows });
  const lines = [written.columns.map((column) => column.header), ...written.rows].map((cells) =>
    cells.map(harmless),
  );
  const widths = written.columns.map((_, at) => Math.max(...lines.map((cells) => width(cells[at] ?? ""))));
  const rule = widths.map((columns) => "─".repeat(columns));
  return lines
    .toSpliced(1, 0, rule)
    .map((cells) =>
      cells.map((cell, at) => pad(cell, widths[at] ?? 0, written.columns[at]?.numeric ?? false)),
    )
    .map((cells) => cells.join(GAP).trimEnd())
    .join("\n");
}

function harmless(cell: string): string {
  return cell.toWellFormed().replace(/\p{Cc}/gu, "\ufffd");
}

function pad(cell: string, columns: number, right: boolean): string {
  const spaces = " ".repeat(Math.max(0, columns - width(cell)));
  return right ? spaces + cell : cell + spaces;
}

function width(text: string): number {
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}
