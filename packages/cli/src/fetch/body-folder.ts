import { type FileHandle, lstat, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { SaveError } from "../errors.ts";
import { makeFolder } from "../make-folder.ts";
import { type NamedBody, nameOfBody } from "./file-name.ts";

/** The file in the folder that says which file is which. */
const manifestName = "manifest.ndjson";

/** A body that is there, or comes piece by piece. */
type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** A body that was saved. */
export interface SavedBody {
  /** Its name in the folder. */
  readonly file: string;
  readonly bytes: number;
}

/** The folder of `--save`. A file in it is complete: bodies are written under another name, beginning with a dot, until they are. */
export class BodyFolder {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Makes the folder, if it isn't there. @throws SaveError when it can't be used. */
  static async open(path: string): Promise<BodyFolder> {
    await translated(`use the folder ${path}`, () => makeFolder(path));
    const folder = new BodyFolder(path);
    const manifest = await lstat(folder.manifest).catch(() => null);
    if (manifest !== null && !manifest.isFile()) {
      throw new SaveError(`cannot use the folder ${path}: its ${manifestName} is no plain file`);
    }
    return folder;
  }

  /** The path of the manifest. */
  get manifest(): string {
    return join(this.#path, manifestName);
  }

  /**
   * Saves a body: it is there, complete and on the disk, or not at all.
   *
   * @throws SaveError; what `chunks` throws; `signal.reason`.
   */
  async save(chunks: Chunks, named: NamedBody, signal: AbortSignal): Promise<SavedBody> {
    const file = nameOfBody(named);
    const unfinished = join(this.#path, `.${file}.part`);
    const path = join(this.#path, file);
    try {
      const bytes = await this.#write(chunks, unfinished, signal);
      await translated(`save ${path}`, () => rename(unfinished, path));
      return { file, bytes };
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => {}); // what went wrong first is reported
      throw error;
    }
  }

  /** The bytes written. What an earlier run has left there under this name is replaced, never followed. */
  async #write(chunks: Chunks, path: string, signal: AbortSignal): Promise<number> {
    const attempt = <T>(work: () => Promise<T>): Promise<T> => translated(`save ${path}`, work);
    await attempt(() => rm(path, { force: true }));
    await using file = await attempt(() => open(path, "wx"));
    let bytes = 0;
    for await (const chunk of chunks) {
      await attempt(() => writeAll(file, chunk));
      bytes += chunk.byteLength;
    }
    signal.throwIfAborted(); // an answer that is closed ends like one that is complete
    await attempt(() => file.datasync());
    return bytes;
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.byteLength; ) {
    const { bytesWritten } = await file.write(chunk, at);
    at += bytesWritten;
  }
}

async function translated<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new SaveError(`cannot ${what}: ${(cause as Error).message}`, { cause });
  }
}
