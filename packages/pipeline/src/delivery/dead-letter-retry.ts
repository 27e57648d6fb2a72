import { closeSync, createReadStream } from "node:fs";
import { access, type FileHandle, open, rename, rm } from "node:fs/promises";
import { DeadLetterError, reasonOf } from "../errors.ts";
import { openAtEnd } from "../sinks/append-file.ts";
import { endOfLines } from "../sinks/torn-tail.ts";
import { lines } from "../sources/lines.ts";
import { type RecordBlocks, RecordSource } from "../sources/record-source.ts";
import type { DeadLetter } from "./dead-letter-file.ts";

/** An item of the source, as it was set aside. */
export class DeadItem {
  readonly id: string;
  readonly value: unknown;

  constructor(id: string, value: unknown) {
    this.id = id;
    this.value = value;
  }
}

/**
 * Tries again what lies in a dead-letter file. What fails once more is appended to the same file meanwhile; in the end the letters
 * of what was tried are taken out of it.
 */
export class DeadLetterRetry {
  readonly #path: string;
  /** Where the letters of this run begin. */
  #endByte = 0;
  readonly #given = new Set<string>();
  readonly #tried = new Set<string>();

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws DeadLetterError when there is no such file. */
  async open(): Promise<void> {
    try {
      await access(this.#path);
      const [file, bytes] = openAtEnd(this.#path, endOfLines);
      closeSync(file);
      this.#endByte = bytes;
    } catch (error) {
      throw new DeadLetterError(`nothing to try again in ${this.#path}: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }

  /** Each item once. Records that could not be read from their source are left where they are. */
  source(): RecordSource<DeadItem> {
    return new RecordSource(this.#path, {
      repeatable: false,
      open: () => this.#items(),
      fingerprint: async () => ({}),
    });
  }

  /** The item has ended, or was done with before: its letters are not needed any more. */
  tried(id: string): void {
    this.#tried.add(id);
  }

  /** Takes out the letters of what was tried. */
  async finish(): Promise<void> {
    if (this.#tried.size === 0) return;
    const temporary = `${this.#path}.new`;
    try {
      const bytes = await this.#copyTo(temporary);
      await rename(temporary, this.#path);
      if (bytes === 0) await rm(this.#path);
    } catch (error) {
      throw new DeadLetterError(`cannot rewrite ${this.#path}: ${reasonOf(error)}`, { cause: error });
    }
  }

  async *#items(): RecordBlocks<DeadItem> {
    for await (const line of this.#oldLines()) {
      const letter = parseLetter(line);
      if (letter === null || this.#given.has(letter.source.id)) continue;
      this.#given.add(letter.source.id);
      yield [new DeadItem(letter.source.id, letter.source.value)];
    }
  }

  async #copyTo(path: string): Promise<number> {
    await using file = await open(path, "w");
    let bytes = 0;
    for await (const line of this.#oldLines()) {
      const letter = parseLetter(line);
      if (letter === null || !this.#tried.has(letter.source.id)) bytes += await append(file, `${line}\n`);
    }
    for await (const piece of createReadStream(this.#path, { start: this.#endByte }))
      bytes += await append(file, piece as Uint8Array);
    await file.datasync();
    return bytes;
  }

  #oldLines(): AsyncIterable<string> {
    if (this.#endByte === 0) return lines(noBytes());
    return lines(createReadStream(this.#path, { end: this.#endByte - 1 }));
  }
}

async function* noBytes(): AsyncGenerator<string> {}

async function append(file: FileHandle, data: string | Uint8Array): Promise<number> {
  const { length } = typeof data === "string" ? Buffer.from(data) : data;
  await file.appendFile(data);
  return length;
}

/** `null` for a line that is no letter, and for a record that was bad in its source. */
function parseLetter(line: string): DeadLetter | null {
  try {
    const letter = JSON.parse(line) as Partial<DeadLetter> | null;
    return typeof letter?.source?.id === "string" && letter.stage !== "source"
      ? (letter as DeadLetter)
      : null;
  } catch {
    return null;
  }
}
