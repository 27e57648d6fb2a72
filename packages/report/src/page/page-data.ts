import type { Cell } from "../table.ts";
import type { ExperimentPage } from "./model.ts";

/** The numbers of a page for programs, without the spans. */
export function pageData<Row>(page: ExperimentPage<Row>): object {
  const { title, context, diagnosis, tiles, bars, lines, strategies } = page;
  const runs = strategies.map(({ name, wallMs, limit, breakdown, diagnosis: finding }) => {
    return { name, wallMs, limit, breakdown, diagnosis: finding };
  });
  return {
    title,
    context,
    diagnosis,
    ...(tiles && { tiles }),
    rows: rowsOf(page),
    ...(bars && { bars: bars.bars, bound: bars.bound }),
    ...(lines && {
      lines: lines.map((figure) => ({ title: figure.title, mark: figure.mark, lines: figure.lines })),
    }),
    runs,
  };
}

/** The table's rows as objects by header; none where there is no table. */
function rowsOf<Row>({ table }: Pick<ExperimentPage<Row>, "table">): Record<string, Cell>[] {
  return (table?.rows ?? []).map((row) =>
    Object.fromEntries((table?.columns ?? []).map((column) => [column.header, column.value(row)])),
  );
}
