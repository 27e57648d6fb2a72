import { readIterable } from "./iterable-reader.ts";
import type { SourceReader } from "./reader.ts";
import { RecordSource } from "./record-source.ts";
import { expectUnread, hasOnePass } from "./unread.ts";

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

/** Begins to read a source. @throws SourceUsedError when it can be read only once, and has been. */
export function openReader(source: AnySource, signal: AbortSignal): SourceReader {
  const opened = typeof source === "function" ? source({ signal }) : source;
  if (hasOnePass(opened)) expectUnread(opened);
  return opened instanceof RecordSource ? opened.openReader() : readIterable(opened);
}
