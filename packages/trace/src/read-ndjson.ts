import { TraceArgumentError, TraceFormatError } from "./errors.ts";
import type { SpanKind } from "./span.ts";
import { textLines } from "./text-lines.ts";
import { Trace, type TraceOptions } from "./trace.ts";

/** A trace that was read back, with what was written about its run. */
export interface StoredTrace {
  readonly trace: Trace;
  /** What was given to {@link toNdjson}, unchecked; `undefined` when nothing was. */
  readonly about: unknown;
}

/**
 * Reads back what {@link toNdjson} wrote: one trace after the other, each when it is complete. Lines of a type that it does not
 * know are passed over.
 *
 * @param pieces the text in pieces of any length, such as a file's stream with the encoding `utf8`
 * @param options how much to keep; a trace with more spans than the limit becomes a sample of itself
 * @throws {@link TraceFormatError} for a line that is not one of a trace; the message names it
 *
 * @example
 * ```ts
 * for await (const { trace, about } of readNdjson(createReadStream("trace.ndjson", "utf8"))) console.log(trace.size, about);
 * ```
 */
export async function* readNdjson(
  pieces: AsyncIterable<string> | Iterable<string>,
  options: Pick<TraceOptions, "limit" | "random"> = {},
): AsyncGenerator<StoredTrace, void, undefined> {
  let stored: StoredTrace | undefined;
  let number = 0;
  for await (const text of textLines(pieces)) {
    number += 1;
    if (text === "") continue;
    const row = parse(text, number);
    if (row.type === "trace") {
      if (stored !== undefined) yield stored;
      stored = begin(row, number, options);
    } else {
      if (stored === undefined)
        throw new TraceFormatError(number, "a trace begins with a line of type trace");
      add(stored.trace, row, number);
    }
  }
  if (stored !== undefined) yield stored;
}

/** A line of the file: nothing is known of its values. */
type Row = Readonly<Record<string, unknown>>;

function parse(text: string, number: number): Row {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TraceFormatError(number, "it is not JSON", { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Row;
  throw new TraceFormatError(number, "it is not an object");
}

function begin(row: Row, number: number, options: TraceOptions): StoredTrace {
  if (row.version !== 1)
    throw new TraceFormatError(number, `version 1 is expected, not ${String(row.version)}`);
  const missing = { missingSpans: countOf(row.dropped), missingSamples: countOf(row.droppedSamples) };
  return { trace: new Trace({ ...options, ...missing }), about: row.about };
}

function countOf(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

function add(trace: Trace, row: Row, number: number): void {
  try {
    if (row.type === "span") addSpan(trace, row);
    else if (row.type === "counter") addSample(trace, row);
  } catch (cause) {
    if (!(cause instanceof TraceArgumentError)) throw cause;
    throw new TraceFormatError(number, cause.message, { cause });
  }
}

function addSpan(trace: Trace, { lane, kind, label, startMs, endMs, ok }: Row): void {
  // The trace itself refuses a kind that there is not.
  const known = textOf(kind) as SpanKind;
  trace.span(textOf(lane), known, textOf(label), numberOf(startMs), numberOf(endMs), ok !== false);
}

function addSample(trace: Trace, { counter, value, atMs, reason }: Row): void {
  trace.count(textOf(counter), numberOf(value), numberOf(atMs), textOf(reason));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** What is no number becomes one that the trace refuses. */
function numberOf(value: unknown): number {
  return typeof value === "number" ? value : Number.NaN;
}
