import { writeSync } from "node:fs";
import type { Writable } from "node:stream";

/** Milliseconds to wait for the reader of a full pipe. */
const fullPipeMs = 1;

type Chunk = { readonly chunk: Buffer | string; readonly encoding: BufferEncoding };

/**
 * Lets this thread write to the process's stdout and stderr itself. Node hands a thread's output to the thread that started it,
 * and while that one waits for this one nobody would take it: a write that is waited for would never end.
 */
export function writeOutputDirectly(): void {
  redirect(process.stdout, 1);
  redirect(process.stderr, 2);
}

/** Node's stream stays in place, because Node also calls it from outside; only where it writes to changes. */
function redirect(stream: Writable, fd: number): void {
  stream._writev = (chunks: Chunk[], done) => {
    try {
      for (const { chunk, encoding } of chunks) writeAll(fd, toBytes(chunk, encoding));
    } catch (error) {
      done(error as Error); // what writeSync throws
      return;
    }
    done();
  };
}

function toBytes(chunk: Buffer | string, encoding: BufferEncoding): Buffer {
  return typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
}

function writeAll(fd: number, bytes: Buffer): void {
  let left = bytes;
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(fd, left));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, fullPipeMs);
    }
  }
}
