import { writeTable } from "../written-table.ts";
import { plainText } from "./html.ts";
import type { ExperimentPage } from "./model.ts";

/** A page in Markdown, for an issue or a commit: diagnosis, conditions, figures, notes; no charts. */
export function toMarkdown<Row>(page: ExperimentPage<Row>): string {
  const { title, subtitle, diagnosis, context, tiles = [], table, notes } = page;
  const parts = [
    `# ${escaped(title)}`,
    ...(subtitle === undefined ? [] : [escaped(subtitle)]),
    `**${escaped(diagnosis.headline)}** ${escaped(diagnosis.why)}`,
    ...(context.length === 0
      ? []
      : [context.map(({ label, value }) => `${escaped(label)}: ${escaped(String(value))}`).join(" · ")]),
    ...(tiles.length === 0
      ? []
      : [
          markdownTable(
            ["figure", "value", ""],
            tiles.map(({ label, value, detail = "" }) => [label, value, detail]),
          ),
        ]),
    ...(table === undefined ? [] : [writtenTable(table)]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${escaped(note)}`).join("\n")]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function writtenTable<Row>(table: NonNullable<ExperimentPage<Row>["table"]>): string {
  const { columns, rows } = writeTable(table);
  return markdownTable(
    columns.map(({ header }) => header),
    rows,
    columns.map(({ numeric }) => numeric),
  );
}

function markdownTable(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly boolean[] = [],
): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  const rule = `| ${headers.map((_, at) => (numeric[at] === true ? "---:" : "---")).join(" | ")} |`;
  return [line(headers), rule, ...rows.map(line)].join("\n");
}

/** Nothing in a text of the run means anything to Markdown, or to the HTML that it may hold. */
function escaped(text: string): string {
  return plainText(text).replace(/[\\`*_[\]<>|#&~]/g, (character) => `\\${character}`);
}
