import { closeSync, fdatasyncSync, writeSync } from "node:fs";
import type { Item } from "../engine/item.ts";
import { DeadLetterError, reasonOf, type StageError } from "../errors.ts";
import { openAtEnd } from "../sinks/append-file.ts";
import { endOfLines } from "../sinks/torn-tail.ts";
import { describeError, type ErrorDescription } from "./error-description.ts";
import { toJson } from "./to-json.ts";

/** One line of a dead-letter file. */
export interface DeadLetter {
  /** When it was set aside, as an ISO 8601 time. */
  readonly at: string;
  /** The item's identity. */
  readonly key: string;
  /** Where it failed, and after how many attempts. */
  readonly stage: string;
  readonly attempts: number;
  readonly error: ErrorDescription;
  /** What the stage was given. */
  readonly item: unknown;
  /** The item of the source that it comes from: how the journal knows it, and what to try again with. */
  readonly source: { readonly id: string; readonly value: unknown };
}

/** Appends items that have gone wrong to a file, one line of JSON each. */
export class DeadLetterFile {
  readonly #path: string;
  #waiting: string[] = [];
  #file: number | null = null;
  /** Where the next letter will stand. */
  #bytes = 0;

  /** The file is made when the first item is set aside. */
  constructor(path: string) {
    this.#path = path;
  }

  /** The letter is on the disk after the next `flush`. */
  add(item: Item, error: StageError, source: DeadLetter["source"]): void {
    const letter: DeadLetter = {
      at: new Date().toISOString(),
      key: error.idempotencyKey,
      stage: error.stage,
      attempts: error.attempts,
      error: describeError(error.cause),
      item: item.value,
      source,
    };
    this.#waiting.push(`${toJson(letter)}\n`);
  }

  /** @throws DeadLetterError. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    try {
      if (this.#file === null) [this.#file, this.#bytes] = openAtEnd(this.#path, endOfLines);
      this.#bytes = writeFully(this.#file, Buffer.from(this.#waiting.join("")), this.#bytes);
      fdatasyncSync(this.#file);
    } catch (error) {
      throw new DeadLetterError(`cannot write the dead-letter file ${this.#path}: ${reasonOf(error)}`, {
        cause: error,
      });
    }
    this.#waiting = [];
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}

/** Gives where the bytes end in the file. */
function writeFully(file: number, bytes: Uint8Array, from: number): number {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, from + at);
  return from + bytes.length;
}
