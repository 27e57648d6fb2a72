import type { Coroutine } from "@overlap/loop";

/** How the engine reads a source: what is there comes at once, and asking is apart from taking. */
export interface SourceReader {
  /** The next value or the end; `null` when nothing is there now. May throw what the source throws. */
  take(): IteratorResult<unknown> | null;
  /** Asks for more. `arrived` is called once, later, when it is worth taking again; asking twice asks once. */
  request(arrived: () => void): void;
  /** Tells the source that no more will be asked for, and waits for its cleaning up, but not for ever. */
  close(): Coroutine<void>;
}
