import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  write as writeCallback,
} from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { reasonOf, SinkError } from "../errors.ts";
import { keepTail } from "./torn-tail.ts";

const write = promisify(writeCallback);
const datasync = promisify(fdatasync);

/** Text that waits to be written, and who waits for it. */
interface Waiting {
  readonly text: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How a file ends: where the last complete record does, and whether only the end of its line is missing. */
export interface FileEnd {
  readonly completeBytes: number;
  readonly lacksNewline: boolean;
}

/** Finds where a file of so many bytes really ends. */
export type FindEnd = (file: number, bytes: number) => FileEnd;

/**
 * A file that grows at its end. What comes while a write is under way goes out together with the next one: one `fdatasync` for all of
 * it. A write that fails leaves the file as it was before.
 */
export class AppendFile {
  readonly #path: string;
  readonly #file: number;
  #bytes: number;
  #waiting: Waiting[] = [];
  /** Done when nothing waits any more; `null` then. */
  #lastWrite: Promise<void> | null = null;

  /**
   * Opens the file, or makes it. What a crash has left of an unfinished record is moved to a file beside it, `….torn`.
   *
   * @throws SinkError.
   */
  constructor(path: string, findEnd: FindEnd) {
    this.#path = path;
    try {
      [this.#file, this.#bytes] = openAtEnd(path, findEnd);
    } catch (error) {
      throw this.#failure("open", error);
    }
  }

  /** Nothing has been written to it yet, nor is on its way. */
  get empty(): boolean {
    return this.#bytes === 0 && this.#waiting.length === 0 && this.#lastWrite === null;
  }

  /** Resolves when the text is on the disk. @throws SinkError. */
  append(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject });
      this.#lastWrite ??= this.#writeAll();
    });
  }

  /** Closes the file once what was appended is written: the number of a file that is closed may be another's by then. */
  async close(): Promise<void> {
    await this.#lastWrite;
    closeSync(this.#file);
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve(); // all that is appended in this turn goes out together
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#writeDurably(Buffer.from(group.map(({ text }) => text).join("")));
        for (const { resolve } of group) resolve();
      } catch (error) {
        const failure = this.#failure("write", error);
        for (const { reject } of group) reject(failure);
      }
    }
    this.#lastWrite = null;
  }

  async #writeDurably(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await write(this.#file, bytes, at, bytes.length - at, this.#bytes + at);
        at += bytesWritten;
      }
      await datasync(this.#file);
      this.#bytes += bytes.length;
    } catch (error) {
      this.#cutBack();
      throw error;
    }
  }

  /** Also works on a full disk. If it fails, the next one to open the file finds a torn record. */
  #cutBack(): void {
    try {
      ftruncateSync(this.#file, this.#bytes);
    } catch {
      // What made the write fail is reported.
    }
  }

  #failure(what: string, error: unknown): SinkError {
    return new SinkError(`cannot ${what} ${this.#path}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Opens a file that grows, or makes it, and gives it with its length. What a crash has left of an unfinished record is moved to a file
 * beside it.
 */
export function openAtEnd(path: string, findEnd: FindEnd): [file: number, bytes: number] {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666);
  try {
    const { size } = fstatSync(file);
    if (size > 0) return [file, keepTail(path, file, size, findEnd(file, size))];
    syncFolder(dirname(path));
    return [file, 0];
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** A file that was just made survives a crash of the system once its folder is on the disk. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
