import { extname } from "node:path";
import { CancelledError, type Coroutine } from "@overlap/loop";
import {
  type BatchOutcomes,
  csvFile,
  type ItemContext,
  ndjsonFile,
  type RowSink,
  type RowWriter,
  resultOf,
} from "@overlap/pipeline";
import { type FetchRow, type FlatRow, flatColumns, flatten } from "./fetch-row.ts";

const tableEnding = ".csv";

/** What the name of a file of rows may end in. */
export const fileEndings: readonly string[] = [".ndjson", ".jsonl", tableEnding];

/** The ending by which `outFile` tells what to write; in lower case. */
export function endingOf(path: string): string {
  return extname(path).toLowerCase();
}

/** The file of `--out`: a table or lines of JSON, by the ending of its name. It is appended to. */
export function outFile(
  path: string,
  extra: { readonly file: boolean; readonly body: boolean },
): RowSink<FetchRow> {
  if (endingOf(path) !== tableEnding) return ndjsonFile<FetchRow>(path);
  const table = csvFile<FlatRow>(path, { columns: flatColumns(extra) });
  return withRows(table, (rows) => rows.map(flatten));
}

/** The manifest of `--save`: which file came from where. */
export function manifestFile(path: string): RowSink<FetchRow> {
  return withRows(ndjsonFile(path), (rows) =>
    rows
      .filter(({ file }) => file !== undefined)
      .map(({ file, url, status, bytes }) => ({ file, url, status, bytes })),
  );
}

/** Who hears how the writing goes. */
export interface WriteWatcher {
  /** Every sink has them. */
  onWritten(rows: readonly FetchRow[]): void;
  /** A sink could not write. */
  onError(error: unknown): void;
}

/** Writes rows into one sink after the other, in this order. */
export function allSinks(
  sinks: readonly RowSink<FetchRow>[],
  { onWritten, onError }: WriteWatcher,
): RowSink<FetchRow> {
  return {
    name: "write",
    concurrency: 1,
    *open(opening) {
      const writers: RowWriter<FetchRow>[] = [];
      try {
        for (const sink of sinks) writers.push(yield* resultOf<RowWriter<FetchRow>>(sink.open(opening)));
      } catch (error) {
        yield* closeAll(writers);
        throw error;
      }
      return {
        *write(rows, context): Coroutine<void> {
          try {
            for (const writer of writers) yield* writeAll(writer, rows, context);
          } catch (error) {
            if (!(error instanceof CancelledError)) onError(error);
            throw error;
          }
          onWritten(rows);
        },
        close: () => closeAll(writers),
      };
    },
  };
}

/** A row that a sink refuses by itself would have no line. */
function* writeAll(
  writer: RowWriter<FetchRow>,
  rows: readonly FetchRow[],
  context: ItemContext,
): Coroutine<void> {
  const result = yield* resultOf<BatchOutcomes | undefined>(writer.write(rows, context));
  for (const outcome of result?.outcomes ?? []) if (!outcome.ok) throw outcome.error;
}

function* closeAll(writers: readonly RowWriter<FetchRow>[]): Coroutine<void> {
  for (const writer of writers) yield* resultOf<void>(writer.close());
}

/** The sink, given other rows than come. */
function withRows<Row>(
  sink: RowSink<Row>,
  map: (rows: readonly FetchRow[]) => readonly Row[],
): RowSink<FetchRow> {
  return {
    name: sink.name,
    concurrency: sink.concurrency,
    *open(opening) {
      const writer = yield* resultOf<RowWriter<Row>>(sink.open(opening));
      return {
        write: (rows, context) => writer.write(map(rows), context),
        close: () => writer.close(),
      };
    },
  };
}
