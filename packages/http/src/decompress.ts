import { constants } from "node:buffer";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { type Coding, hasZlibHeader } from "./content-coding.ts";
import { BodyTooLargeError, DecodeError, type HttpError } from "./errors.ts";

/** A body to decompress, and what its errors say. */
export interface Compressed {
  readonly bytes: Buffer;
  /** In the order in which they were applied. */
  readonly codings: readonly Coding[];
  /** What no layer may exceed. */
  readonly maxBytes: number;
  readonly url: string;
}

/**
 * Decompresses a whole body: a small one at once, which is several times cheaper, a large one on another thread.
 *
 * @throws DecodeError when the data is broken, BodyTooLargeError when it grows beyond `maxBytes`; or the promise rejects so.
 */
export function decompress(compressed: Compressed): Buffer | Promise<Buffer> {
  const { codings } = compressed;
  let { bytes } = compressed;
  for (let layer = codings.length - 1; layer >= 0; layer--) {
    const coding = codings[layer] as Coding; // layer indexes codings
    const inflated = tryAtOnce(bytes, coding, compressed);
    if (inflated === null)
      return decompressRest({ ...compressed, bytes, codings: codings.slice(0, layer + 1) });
    bytes = inflated;
  }
  return bytes;
}

/** Above this the loop would stand still for more than a fraction of a millisecond. */
const smallBytes = 65_536;
const smallInflatedBytes = 1_048_576;

/** `null` when it is too large for that. */
function tryAtOnce(bytes: Buffer, coding: Coding, compressed: Compressed): Buffer | null {
  if (bytes.length > smallBytes) return null;
  const mostBytes = Math.min(compressed.maxBytes, smallInflatedBytes);
  try {
    return checkLength(atOnce[chooseMethod(coding, bytes)](bytes, limited(mostBytes)), compressed);
  } catch (error) {
    if (isTooLarge(error) && mostBytes < compressed.maxBytes) return null;
    throw toHttpError(error, compressed);
  }
}

async function decompressRest(compressed: Compressed): Promise<Buffer> {
  let { bytes } = compressed;
  for (const coding of compressed.codings.toReversed()) {
    try {
      const inflated = await onThread[chooseMethod(coding, bytes)](bytes, limited(compressed.maxBytes));
      bytes = checkLength(inflated, compressed);
    } catch (error) {
      throw toHttpError(error, compressed);
    }
  }
  return bytes;
}

type Method = Coding | "deflate-raw";

function chooseMethod(coding: Coding, bytes: Buffer): Method {
  return coding === "deflate" && !hasZlibHeader(bytes[0]) ? "deflate-raw" : coding;
}

const atOnce = {
  gzip: zlib.gunzipSync,
  deflate: zlib.inflateSync,
  "deflate-raw": zlib.inflateRawSync,
  br: zlib.brotliDecompressSync,
  zstd: zlib.zstdDecompressSync,
} as const;

const onThread = {
  gzip: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip),
  deflate: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate),
  "deflate-raw": promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw),
  br: promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress),
  zstd: promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress),
} as const;

/** zlib takes no limit of 0. */
function limited(maxBytes: number): { readonly maxOutputLength: number } {
  return { maxOutputLength: Math.max(1, Math.min(maxBytes, constants.MAX_LENGTH)) };
}

function checkLength(inflated: Buffer, { maxBytes, url }: Compressed): Buffer {
  if (inflated.length > maxBytes) throw tooLarge(url, maxBytes);
  return inflated;
}

function isTooLarge(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
}

function toHttpError(error: unknown, { maxBytes, url }: Compressed): HttpError {
  if (error instanceof BodyTooLargeError) return error;
  return isTooLarge(error) ? tooLarge(url, maxBytes) : toDecodeError(error, url);
}

/** What zlib says of data that it cannot read. */
export function toDecodeError(cause: unknown, url: string): DecodeError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DecodeError(`the body of ${url} cannot be decompressed: ${why}`, { url, cause });
}

function tooLarge(url: string, maxBytes: number): BodyTooLargeError {
  return new BodyTooLargeError(`the body of ${url} has more than ${maxBytes} bytes decompressed`, { url });
}
