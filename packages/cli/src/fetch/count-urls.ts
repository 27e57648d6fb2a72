import { createReadStream } from "node:fs";

const blockBytes = 256 * 1_024;
const newline = 10;
const hash = 35;
const space = 32;

/**
 * How many lines of a file are neither blank nor comments: what is to be done, for the time that is left. Reads the file once, in
 * constant memory, and looks only at how lines begin.
 *
 * @throws what reading throws; an AbortError when `signal` fires.
 */
export async function countUrls(path: string, signal: AbortSignal): Promise<number> {
  let count = 0;
  let undecided = true; // nothing but spaces of this line has been seen
  for await (const block of createReadStream(path, { highWaterMark: blockBytes, signal })) {
    const bytes = block as Buffer;
    for (let at = 0; at < bytes.length; at++) {
      if (undecided) {
        const byte = bytes[at] as number; // at is below the length
        if (byte <= space) continue;
        undecided = false;
        if (byte !== hash) count++;
      }
      const end = bytes.indexOf(newline, at);
      if (end < 0) break;
      undecided = true;
      at = end;
    }
  }
  return count;
}
