import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { PipelineOptionError, SourceFileError } from "../errors.ts";
import type { Fingerprint } from "./record-source.ts";
import { expectUnread, noteRead } from "./unread.ts";

/** Where text comes from: a file, by its path or `file:` URL, or a stream such as `process.stdin`. */
export type TextInput = string | URL | AsyncIterable<Uint8Array | string>;

const blockBytes = 256 * 1_024;
const headBytes = 64 * 1_024;
const newline = 10;

/** An input that can be opened again, if it is a file. */
export interface OpenableInput {
  /** For messages. */
  readonly name: string;
  open(): AsyncIterable<Uint8Array | string>;
  readonly repeatable: boolean;
  fingerprint(): Promise<Fingerprint>;
  /** About how many lines it has; `null` when that can't be told. */
  expectedItems(): Promise<number | null>;
}

/** @throws PipelineOptionError when it is neither a path nor a stream. */
export function toOpenable(input: TextInput): OpenableInput {
  if (typeof input === "string") return fileInput(input);
  if (input instanceof URL) return fileInput(fileURLToPath(input));
  if (typeof input?.[Symbol.asyncIterator] === "function")
    return {
      name: "the stream",
      repeatable: false,
      open: () => once(input),
      fingerprint: async () => ({}),
      expectedItems: async () => null,
    };
  throw new PipelineOptionError(`expected a path, a file: URL or a stream, got ${JSON.stringify(input)}`);
}

function fileInput(path: string): OpenableInput {
  return {
    name: path,
    repeatable: true,
    open: () => readBlocks(path),
    fingerprint: () => fileFingerprint(path),
    expectedItems: () => expectedLines(path),
  };
}

async function* once(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array | string> {
  expectUnread(input);
  noteRead(input);
  yield* input;
}

async function* readBlocks(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: blockBytes });
  } catch (error) {
    throw new SourceFileError(path, error);
  }
}

/** Size, time of the last change, and a hash of the first 64 KiB. */
async function fileFingerprint(path: string): Promise<Fingerprint> {
  try {
    const { size, modified, head } = await readHead(path);
    return { kind: "file", size, modified, head: createHash("sha256").update(head).digest("hex") };
  } catch (error) {
    throw new SourceFileError(path, error);
  }
}

/** As many lines as the whole file would have if all of it were as its first 64 KiB. */
async function expectedLines(path: string): Promise<number | null> {
  try {
    const { size, head } = await readHead(path);
    if (size === 0) return 0;
    const ends = head.reduce((count, byte) => (byte === newline ? count + 1 : count), 0);
    if (head.length === size) return ends + (head.at(-1) === newline ? 0 : 1);
    return ends === 0 ? null : Math.round((ends * size) / head.length);
  } catch {
    return null; // whoever reads it hears why
  }
}

async function readHead(path: string): Promise<{ size: number; modified: string; head: Uint8Array }> {
  await using file = await open(path);
  const { size, mtimeMs } = await file.stat();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
  return { size, modified: new Date(mtimeMs).toISOString(), head: buffer.subarray(0, bytesRead) };
}
