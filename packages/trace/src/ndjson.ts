import { inPieces } from "./text-pieces.ts";
import type { Trace } from "./trace.ts";

/**
 * The trace as NDJSON, in pieces of text to write one after the other: a first line
 * `{"type":"trace","version":1,"spans":…,"dropped":…}`, then a line `{"type":"span",…}` for each span and
 * `{"type":"counter",…}` for each counter sample, both ordered by time. Times are those of the trace's clock.
 * {@link readNdjson} reads it back; several may follow each other in one file.
 *
 * @param about plain data about the run, kept in the first line
 *
 * @example
 * ```ts
 * await writeFile("trace.ndjson", toNdjson(trace));
 * ```
 */
export function toNdjson(trace: Trace, about?: object): IterableIterator<string> {
  return inPieces(lines(trace, about));
}

function* lines(trace: Trace, about: object | undefined): IterableIterator<string> {
  const { size, dropped, droppedSamples } = trace;
  yield line({ type: "trace", version: 1, spans: size, dropped, droppedSamples, ...(about && { about }) });
  for (const span of trace.spans()) yield line({ type: "span", ...span });
  for (const { reason, ...sample } of trace.counters()) {
    yield line({ type: "counter", ...sample, ...(reason !== "" && { reason }) });
  }
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
