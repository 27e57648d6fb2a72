import { createReadStream } from "node:fs";
import type { RecordedRun } from "@overlap/report";
import { TraceFileError } from "./errors.ts";

/**
 * Reads back the runs that `--trace` kept in a file; at least one. Of several with the same name, as `--repeat` makes them, the one in the
 * middle by its time an item stands for all.
 *
 * @throws TraceFileError for a file that can't be read, is no such trace, or holds no run.
 */
export async function readRuns(file: string): Promise<RecordedRun[]> {
  const { readNdjson } = await import("@overlap/trace");
  const { toRunRecord } = await import("@overlap/report");
  const runs: RecordedRun[] = [];
  try {
    for await (const { trace, about } of readNdjson(createReadStream(file, "utf8"))) {
      const record = toRunRecord(about);
      if (record !== undefined) runs.push({ record, trace });
    }
  } catch (cause) {
    throw cannotRead(file, cause);
  }
  if (runs.length > 0) return [...Map.groupBy(runs, ({ record }) => record.name).values()].map(medianOf);
  throw new TraceFileError(`${file} holds no run; record one with --trace FILE.ndjson`);
}

/** The slower of two in the middle. */
function medianOf(runs: readonly RecordedRun[]): RecordedRun {
  const sorted = runs.toSorted((a, b) => perItemMs(a) - perItemMs(b));
  const middle = sorted[Math.floor(runs.length / 2)] as RecordedRun; // no group is empty
  if (runs.length === 1) return middle;
  const { record, trace } = middle;
  return {
    record: { ...record, context: { ...record.context, shown: `median of ${runs.length} runs` } },
    trace,
  };
}

function perItemMs({ record }: RecordedRun): number {
  return record.times.wallMs / Math.max(1, record.items);
}

function cannotRead(file: string, cause: unknown): TraceFileError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const isChrome = file.endsWith(".json") && code === "OVERLAP_TRACE_FORMAT";
  const hint = isChrome ? "it is for Perfetto; overlap report reads what --trace FILE.ndjson wrote" : message;
  return new TraceFileError(`cannot read ${file}: ${hint}`, { cause });
}
