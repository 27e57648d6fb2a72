import { closeSync, openSync, readSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { SinkError } from "../errors.ts";
import { AppendFile } from "./append-file.ts";
import type { ItemOutcome, RowSink } from "./sink.ts";
import { endOfRecords } from "./torn-tail.ts";

/** Options of `csvFile`. */
export interface CsvFileOptions {
  /** The columns, in order. @default those of the file, or else the properties of the first row */
  readonly columns?: readonly string[];
  /** What stands between two fields. @default "," */
  readonly delimiter?: string;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * Appends each row, an object, to a CSV file (RFC 4180); a new file gets the names of the columns first. A row is saved when it is on the
 * disk (`fdatasync`), as with `ndjsonFile`. `null` and `undefined` are written as nothing, dates in ISO 8601, objects as JSON. A row with
 * a property that is no column fails by itself. What a crash has left of a record is moved to `PATH.torn`.
 *
 * @example
 * pipeline(csv("users.csv")).io("enrich", enrich).batch().to(csvFile("enriched.csv"));
 */
export function csvFile<R extends object = Row>(path: string, options: CsvFileOptions = {}): RowSink<R> {
  const { delimiter = "," } = options;
  return {
    name: "csvFile",
    concurrency: 100,
    batchConcurrency: 2,
    open: () => {
      const file = new AppendFile(path, endOfRecords);
      let columns = file.empty ? (options.columns ?? null) : expectColumns(path, options, delimiter);
      return {
        async write(rows) {
          const header = file.empty;
          columns ??= Object.keys(rows[0] ?? {});
          const outcomes = rows.map((row) => outcomeOf(row as Row, columns ?? []));
          const fit = (rows as readonly Row[]).filter((_, index) => outcomes[index]?.ok);
          await file.append(toCsv(fit, columns, delimiter, header));
          return { outcomes };
        },
        close: () => file.close(),
      };
    },
  };
}

function outcomeOf(row: Row, columns: readonly string[]): ItemOutcome {
  const unknown = Object.keys(row).find((name) => !columns.includes(name));
  if (unknown === undefined) return { ok: true };
  return { ok: false, retry: false, error: new TypeError(`the file has no column ${unknown}`) };
}

function toCsv(rows: readonly Row[], columns: readonly string[], delimiter: string, header: boolean): string {
  const records = rows.map((row) => columns.map((name) => toField(row[name])));
  return stringify(header ? [[...columns], ...records] : records, { delimiter });
}

function toField(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object"
    ? JSON.stringify(value)
    : String(value as string | number | bigint | boolean);
}

/** The columns of a file that has some. @throws SinkError when they are not those that were asked for. */
function expectColumns(path: string, { columns }: CsvFileOptions, delimiter: string): readonly string[] {
  const found = readColumns(path, delimiter);
  if (columns === undefined || columns.join("\n") === found.join("\n")) return found;
  throw new SinkError(`${path} has the columns ${found.join(", ")}, and not ${columns.join(", ")}`);
}

function readColumns(path: string, delimiter: string): string[] {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(64 * 1_024);
    const text = head.toString("utf8", 0, readSync(file, head, 0, head.length, 0));
    const [first = []] = parse(text, { delimiter, to: 1, bom: true, relax_column_count: true });
    return first;
  } finally {
    closeSync(file);
  }
}
