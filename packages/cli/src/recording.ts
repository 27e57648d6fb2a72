import { createWriteStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { RecordedRun } from "@overlap/report";
import type { Command } from "commander";
import { TraceFileError } from "./errors.ts";

/** The flag of every command that records its runs. */
export interface TraceFlags {
  readonly trace?: string;
}

/** Declares that flag. */
export function addTraceFlag(command: Command): Command {
  return command.option(
    "--trace <file>",
    "keep what happened: FILE.json for Perfetto, any other for overlap report",
  );
}

/**
 * Looks whether the trace can be written before the run, so that a file that can't be costs no run. What is there already stays
 * until the run has ended.
 *
 * @throws TraceFileError.
 */
export async function prepareTraceFile(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  try {
    const isNew = await open(file, "wx").catch(() => undefined);
    await (isNew ?? (await open(file, "r+"))).close();
    if (isNew !== undefined) await rm(file);
  } catch (cause) {
    throw cannotWrite(file, cause);
  }
}

/**
 * Writes runs into one file: as Chrome Trace Event JSON where its name ends in `.json`, else as NDJSON that `overlap report` reads.
 *
 * @throws TraceFileError.
 */
export async function writeTraceFile(file: string, runs: readonly RecordedRun[]): Promise<void> {
  const { toChromeTrace, toNdjson } = await import("@overlap/trace");
  const pieces = file.endsWith(".json")
    ? toChromeTrace(runs.map(({ record, trace }) => ({ name: record.name, trace })))
    : runs.values().flatMap(({ record, trace }) => toNdjson(trace, record));
  try {
    await pipeline(Readable.from(pieces), createWriteStream(file));
  } catch (cause) {
    throw cannotWrite(file, cause);
  }
}

function cannotWrite(file: string, cause: unknown): TraceFileError {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new TraceFileError(`cannot write the trace ${file} (${reason}); choose another with --trace`, {
    cause,
  });
}
