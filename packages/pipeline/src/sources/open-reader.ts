import { readIterable } from "./iterable-reader.ts";
import type { SourceReader } from "./reader.ts";
import { RecordSource } from "./record-source.ts";
import { expectUnread, hasOnePass, noteRead } from "./unread.ts";

/** What a pipeline may start at. */
export type AnySource =
  | Iterable<unknown>
  | AsyncIterable<unknown>
  | ((context: SourceContext) => Iterable<unknown> | AsyncIterable<unknown>);

/** What a source that is a function gets. */
export interface SourceContext {
  /** Fires when no more items are wanted: the run ends. */
  readonly signal: AbortSignal;
}

/** What is to be read by a run; a function is called. */
export type OpenedSource = Iterable<unknown> | AsyncIterable<unknown>;

/** @throws SourceUsedError when the source can be read only once, and has been. */
export function openSource(source: AnySource, signal: AbortSignal): OpenedSource {
  const opened = typeof source === "function" ? source({ signal }) : source;
  if (hasOnePass(opened)) expectUnread(opened);
  return opened;
}

/** Begins to read; nothing is taken before it is asked for. */
export function openReader(source: OpenedSource): SourceReader {
  if (hasOnePass(source)) noteRead(source);
  return source instanceof RecordSource ? source.openReader() : readIterable(source);
}
