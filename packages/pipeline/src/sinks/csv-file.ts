import { closeSync, openSync, readSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { SinkError } from "../errors.ts";
import { AppendFile } from "./append-file.ts";
import type { ItemOutcome, RowSink, RowWriter } from "./sink.ts";
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
    async open() {
      const file = new AppendFile(path, endOfRecords);
      try {
        return rowWriter(file, findColumns(file, path, options), delimiter);
      } catch (error) {
        await file.close();
        throw error;
      }
    },
  };
}

function rowWriter(file: AppendFile, given: readonly string[] | null, delimiter: string): RowWriter<unknown> {
  let columns = given;
  return {
    async write(rows) {
      const header = file.empty;
      columns ??= Object.keys(rows[0] ?? {});
      const { records, outcomes } = toRecords(rows as readonly Row[], columns);
      await file.append(stringify(header ? [[...columns], ...records] : records, { delimiter }));
      return { outcomes };
    },
    close: () => file.close(),
  };
}

interface Records {
  readonly records: string[][];
  readonly outcomes: readonly ItemOutcome[];
}

/** The fields of every row that can be written, and how it went with each. */
function toRecords(rows: readonly Row[], columns: readonly string[]): Records {
  const records: string[][] = [];
  const outcomes = rows.map((row): ItemOutcome => {
    try {
      expectKnown(row, columns);
      records.push(columns.map((name) => toField(row[name])));
      return { ok: true };
    } catch (error) {
      return { ok: false, retry: false, error };
    }
  });
  return { records, outcomes };
}

function expectKnown(row: Row, columns: readonly string[]): void {
  const unknown = Object.keys(row).find((name) => !columns.includes(name));
  if (unknown !== undefined) throw new TypeError(`the file has no column ${unknown}`);
}

function toField(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object"
    ? JSON.stringify(value)
    : String(value as string | number | bigint | boolean);
}

/** `null` where the first row decides. @throws SinkError when the file has other columns than those that were asked for. */
function findColumns(
  file: AppendFile,
  path: string,
  { columns, delimiter = "," }: CsvFileOptions,
): readonly string[] | null {
  if (file.empty) return columns ?? null;
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
