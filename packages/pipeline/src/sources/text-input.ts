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

/** An input that can be opened again, if it is a file. */
export interface OpenableInput {
  /** For messages. */
  readonly name: string;
  open(): AsyncIterable<Uint8Array | string>;
  readonly repeatable: boolean;
  fingerprint(): Promise<Fingerprint>;
}

/** @throws PipelineOptionError when it is neither a path nor a stream. */
export function toOpenable(input: TextInput): OpenableInput {
  if (typeof input === "string") return fileInput(input);
  if (input instanceof URL) return fileInput(fileURLToPath(input));
  if (typeof input?.[Symbol.asyncIterator] === "function")
    return { name: "the stream", repeatable: false, open: () => once(input), fingerprint: async () => ({}) };
  throw new PipelineOptionError(`expected a path, a file: URL or a stream, got ${JSON.stringify(input)}`);
}

function fileInput(path: string): OpenableInput {
  const open = () => readBlocks(path);
  return { name: path, repeatable: true, open, fingerprint: () => fileFingerprint(path) };
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
    await using file = await open(path);
    const { size, mtimeMs } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const head = createHash("sha256").update(buffer.subarray(0, bytesRead)).digest("hex");
    return { kind: "file", size, modified: new Date(mtimeMs).toISOString(), head };
  } catch (error) {
    throw new SourceFileError(path, error);
  }
}
