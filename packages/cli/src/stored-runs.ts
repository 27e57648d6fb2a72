import { createReadStream } from "node:fs";
import type { RecordedRun } from "@overlap/report";
import { TraceFileError } from "./errors.ts";

/**
 * Reads back the runs that `--trace` kept in a file; at least one.
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
  if (runs.length > 0) return runs;
  throw new TraceFileError(`${file} holds no run; record one with --trace FILE.ndjson`);
}

function cannotRead(file: string, cause: unknown): TraceFileError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const isChrome = file.endsWith(".json") && code === "OVERLAP_TRACE_FORMAT";
  const hint = isChrome ? "it is for Perfetto; overlap report reads what --trace FILE.ndjson wrote" : message;
  return new TraceFileError(`cannot read ${file}: ${hint}`, { cause });
}
