import { pipeline, Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { type Coding, hasZlibHeader } from "./content-coding.ts";
import { toDecodeError } from "./decompress.ts";
import { HttpError } from "./errors.ts";

/**
 * Decompresses a body as it comes, with backpressure. Ending the iteration early ends that of `source`.
 *
 * @throws DecodeError when the data is broken; what `source` throws.
 */
export async function* decompressStream(
  source: AsyncIterable<Uint8Array>,
  codings: readonly Coding[],
  url: string,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* codings.reduceRight<AsyncIterable<Uint8Array>>(undo, source);
  } catch (error) {
    throw error instanceof HttpError ? error : toDecodeError(error, url);
  }
}

/** One layer. An empty body is no compressed data, and stays empty. */
async function* undo(source: AsyncIterable<Uint8Array>, coding: Coding): AsyncGenerator<Uint8Array, void> {
  const chunks = source[Symbol.asyncIterator]();
  try {
    const first = await chunks.next();
    if (first.done === true) return;
    const compressed = Readable.from(startingWith(first.value, chunks), { objectMode: false });
    // Errors come out of the iteration, so nobody needs to hear of them a second time.
    yield* pipeline(compressed, createDecoder(coding, first.value[0]), () => {});
  } finally {
    await chunks.return?.();
  }
}

async function* startingWith(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function createDecoder(coding: Coding, firstByte: number | undefined): Transform {
  switch (coding) {
    case "gzip":
      return zlib.createGunzip();
    case "deflate":
      return hasZlibHeader(firstByte) ? zlib.createInflate() : zlib.createInflateRaw();
    case "br":
      return zlib.createBrotliDecompress();
    case "zstd":
      return zlib.createZstdDecompress();
  }
}
