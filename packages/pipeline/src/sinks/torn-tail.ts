import { appendFileSync, ftruncateSync, readSync, writeSync } from "node:fs";
import type { FileEnd } from "./append-file.ts";

const blockBytes = 64 * 1_024;
const newline = 10;
const quoteByte = 34;

/**
 * Makes the file end with its last complete record, and gives how long it is then. What is cut off goes into `PATH.torn`, so that
 * nothing is lost that somebody else may have put there.
 */
export function keepTail(
  path: string,
  file: number,
  bytes: number,
  { completeBytes, lacksNewline }: FileEnd,
): number {
  if (lacksNewline) return bytes + writeSync(file, "\n", bytes);
  if (completeBytes < bytes) {
    appendFileSync(`${path}.torn`, readBytes(file, completeBytes, bytes - completeBytes));
    ftruncateSync(file, completeBytes);
  }
  return completeBytes;
}

/** Where a file of JSON lines ends: a last line without an end counts when it is JSON that can't be the beginning of more. */
export function endOfLines(file: number, bytes: number): FileEnd {
  const lineStart = lastNewline(file, bytes) + 1;
  if (lineStart === bytes) return { completeBytes: bytes, lacksNewline: false };
  const complete = isWholeJson(readBytes(file, lineStart, bytes - lineStart).toString());
  return { completeBytes: complete ? bytes : lineStart, lacksNewline: complete };
}

/** Where a CSV file ends: at the last end of a line outside quotes. */
export function endOfRecords(file: number, bytes: number): FileEnd {
  let quoted = false;
  let completeBytes = 0;
  for (let at = 0; at < bytes; at += blockBytes) {
    const block = readBytes(file, at, Math.min(blockBytes, bytes - at));
    for (const [index, byte] of block.entries()) {
      if (byte === quoteByte) quoted = !quoted;
      else if (byte === newline && !quoted) completeBytes = at + index + 1;
    }
  }
  return { completeBytes, lacksNewline: false };
}

/** -1 when there is none. */
function lastNewline(file: number, bytes: number): number {
  for (let end = bytes; end > 0; end -= blockBytes) {
    const start = Math.max(0, end - blockBytes);
    const found = readBytes(file, start, end - start).lastIndexOf(newline);
    if (found >= 0) return start + found;
  }
  return -1;
}

/** A number may go on: `12` of `123`. */
function isWholeJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) !== "number";
  } catch {
    return false;
  }
}

function readBytes(file: number, from: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const bytes = readSync(file, buffer, read, length - read, from + read);
    if (bytes === 0) break;
    read += bytes;
  }
  return buffer.subarray(0, read);
}
