import { inPieces } from "./text-pieces.ts";
import type { Trace } from "./trace.ts";

/**
 * The trace as NDJSON, in pieces of text to write one after the other: a first line
 * `{"type":"trace","version":1,"spans":…,"dropped":…}`, then a line `{"type":"span",…}` for each span and
 * `{"type":"counter",…}` for each counter sample, both ordered by time. Times are those of the trace's clock.
 *
 * @example
 * ```ts
 * await writeFile("trace.ndjson", toNdjson(trace));
 * ```
 */
export function toNdjson(trace: Trace): IterableIterator<string> {
  return inPieces(lines(trace));
}

function* lines(trace: Trace): IterableIterator<string> {
  const { size, dropped, droppedSamples } = trace;
  yield line({ type: "trace", version: 1, spans: size, dropped, droppedSamples });
  for (const span of trace.spans()) yield line({ type: "span", ...span });
  for (const sample of trace.counters()) yield line({ type: "counter", ...sample });
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
