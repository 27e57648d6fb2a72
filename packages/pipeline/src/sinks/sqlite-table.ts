import { JournalTables } from "../delivery/journal-tables.ts";
import { openDatabase } from "../delivery/open-database.ts";
import { sqliteReason } from "../delivery/sqlite-error.ts";
import { TableJournal } from "../delivery/table-journal.ts";
import { PipelineError, PipelineOptionError, SinkError } from "../errors.ts";
import type { RowSink } from "./sink.ts";
import { type ColumnsOption, TableRows } from "./table-rows.ts";
import { TableWriter } from "./table-writer.ts";

/** Options of `sqliteTable`. */
export interface SqliteTableOptions<Row = never> {
  /**
   * The columns: names of the row's properties, or for each column a function of the row.
   * @default the properties of the rows; columns that a later row brings are added
   */
  readonly columns?: ColumnsOption<Row>;
  /**
   * The columns that tell rows apart: a row that is there already is replaced, so that saving one twice leaves one. A new table gets them
   * as its primary key; one that exists needs a unique index on them. @default none: every row is added
   */
  readonly key?: string | readonly string[];
}

/**
 * Writes rows into a table of a SQLite file, which is made if it isn't there. A row is saved when its transaction is on the disk (WAL,
 * synchronous FULL); rows that come together share one. Booleans are stored as 0 and 1, dates in ISO 8601, `undefined` as NULL, objects
 * as JSON. A row that the database refuses, because of a constraint, fails by itself.
 *
 * With `journal: "in-sink"` the journal lies in tables of the same file, named `overlap_TABLE_…`, and is written in the same
 * transactions: every item is saved exactly once, however often the run is killed.
 *
 * @throws PipelineOptionError, when it is called, for a name that can't be one.
 * @example
 * const job = pipeline(lines("urls.txt"))
 *   .io("fetch", fetchPage, { concurrency: 100 })
 *   .batch({ items: 1_000, withinMs: 50 })
 *   .to(sqliteTable("out.db", "pages", { key: "url" }), { journal: "in-sink" });
 */
export function sqliteTable<Row = Record<string, unknown>>(
  path: string,
  table: string,
  { columns, key = [] }: SqliteTableOptions<Row> = {},
): RowSink<Row> {
  if (table === "") throw new PipelineOptionError("expected a name for the table, got none");
  const keys = typeof key === "string" ? [key] : key;
  return {
    name: "sqliteTable",
    concurrency: 1_000,
    batchConcurrency: 2,
    keepsJournal: true,
    open({ inSink }) {
      try {
        return openDatabase(path, "PRAGMA busy_timeout = 5000", (db) => {
          const tables = inSink === null ? null : new JournalTables(db, `overlap_${table}_`);
          if (tables !== null) inSink?.useJournal(new TableJournal(db, path, tables));
          const kept = inSink === null || tables === null ? null : { inSink, tables };
          return new TableWriter(db, path, new TableRows(db, table, { columns, keys }), kept);
        });
      } catch (error) {
        if (error instanceof PipelineError) throw error;
        throw new SinkError(`cannot open ${path}: ${sqliteReason(error)}`, { cause: error });
      }
    },
  };
}
