import { BadRecord } from "./bad-record.ts";
import { BlockReader } from "./block-reader.ts";
import type { SourceReader } from "./reader.ts";

/** What tells a source from another, and from itself before it was changed. */
export type Fingerprint = Readonly<Record<string, string | number>>;

/** How a source gives its records: some at a time, each one read or bad. */
export type RecordBlocks<T> = AsyncGenerator<readonly (T | BadRecord)[], void, undefined>;

/**
 * A source that gives its records in the same order each time it is read, so that a job can go on where it was. It is read lazily and
 * in constant memory, and holds nothing open once it was left. `for await` works too, and ends with the first bad record.
 */
export class RecordSource<T> implements AsyncIterable<T> {
  /** What it reads, for messages. */
  readonly name: string;
  /** It can be read again, and gives the same records in the same order. */
  readonly repeatable: boolean;
  readonly #open: () => RecordBlocks<T>;
  readonly #fingerprint: () => Fingerprint | Promise<Fingerprint>;
  readonly #openReader: () => SourceReader;
  readonly #expectedItems: () => number | null | Promise<number | null>;

  /** @internal Use `lines`, `ndjson`, `csv` or `range`. */
  constructor(
    name: string,
    parts: {
      readonly repeatable: boolean;
      readonly open: () => RecordBlocks<T>;
      readonly fingerprint: () => Fingerprint | Promise<Fingerprint>;
      readonly openReader?: () => SourceReader;
      readonly expectedItems?: () => number | null | Promise<number | null>;
    },
  ) {
    this.name = name;
    this.repeatable = parts.repeatable;
    this.#open = parts.open;
    this.#fingerprint = parts.fingerprint;
    this.#openReader = parts.openReader ?? (() => new BlockReader(parts.open()));
    this.#expectedItems = parts.expectedItems ?? (() => null);
  }

  /** What it is now. @throws SourceFileError when it can't be read. */
  fingerprint(): Fingerprint | Promise<Fingerprint> {
    return this.#fingerprint();
  }

  /** @internal About how many records it has; `null` when that can't be told. */
  expectedItems(): number | null | Promise<number | null> {
    return this.#expectedItems();
  }

  /** @internal For sources that are made of others. */
  openBlocks(): RecordBlocks<T> {
    return this.#open();
  }

  /** @internal For the engine. */
  openReader(): SourceReader {
    return this.#openReader();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const block of this.#open()) {
      for (const record of block) {
        if (record instanceof BadRecord) throw record.error;
        yield record;
      }
    }
  }
}
