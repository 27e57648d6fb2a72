import { AppendFile } from "./append-file.ts";
import type { ItemOutcome, RowSink } from "./sink.ts";
import { endOfLines } from "./torn-tail.ts";

/**
 * Appends each row to a file, as a line of JSON. A row is saved when it is on the disk (`fdatasync`); rows that come together share one,
 * so batches, or many at once, are what makes it fast. What a crash has left of a line is moved to `PATH.torn` when the file is
 * opened again. A row that has no JSON fails by itself.
 *
 * @example
 * pipeline(lines("urls.txt")).io("fetch", fetchPage).batch({ items: 1_000, withinMs: 50 }).to(ndjsonFile("pages.ndjson"));
 */
export function ndjsonFile<Row = unknown>(path: string): RowSink<Row> {
  return {
    name: "ndjsonFile",
    concurrency: 100,
    batchConcurrency: 2,
    open: () => {
      const file = new AppendFile(path, endOfLines);
      return {
        async write(rows) {
          const lines = rows.map(toLine);
          await file.append(lines.join(""));
          if (lines.includes(null)) return { outcomes: lines.map(outcome) };
        },
        close: () => file.close(),
      };
    },
  };
}

function toLine(row: unknown): string | null {
  try {
    const json = JSON.stringify(row);
    return json === undefined ? null : `${json}\n`;
  } catch {
    return null;
  }
}

function outcome(line: string | null): ItemOutcome {
  if (line !== null) return { ok: true };
  return { ok: false, retry: false, error: new TypeError("the row can't be written as JSON") };
}
