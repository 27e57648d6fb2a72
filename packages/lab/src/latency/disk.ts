import {
  closeSync,
  constants,
  fdatasyncSync,
  mkdtempDisposableSync,
  openSync,
  readSync,
  rmSync,
  statfsSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../database/random.ts";

const blockBytes = 4_096;
const fileBlocks = 8_192;
const tmpfs = 0x0102_1994;

/** Figures of a disk in nanoseconds, one a sample; or why there are none. */
export interface DiskFigures {
  readonly readNs: readonly number[];
  readonly fsyncNs: readonly number[];
}

/** True when files there are kept in memory. */
export function isInMemory(folder: string): boolean {
  return statfsSync(folder).type === tmpfs;
}

/** Reads blocks of 4 KiB in random places, past the system's cache, and forces blocks that were appended to the disk. */
export function measureDisk(folder: string, samples: number): DiskFigures {
  using place = mkdtempDisposableSync(join(folder, "overlap-latency-"));
  const path = join(place.path, "blocks");
  writeBlocks(path);
  try {
    return { readNs: readBlocks(path, samples), fsyncNs: appendBlocks(path, samples) };
  } finally {
    rmSync(path);
  }
}

function writeBlocks(path: string): void {
  const file = openSync(path, "w");
  try {
    const blocks = Buffer.alloc(blockBytes * 256, 1);
    for (let written = 0; written < fileBlocks; written += 256) writeSync(file, blocks);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** @throws when the file system has no direct reads (EINVAL), or the system none at all. */
function readBlocks(path: string, samples: number): number[] {
  const file = openSync(path, constants.O_RDONLY | constants.O_DIRECT);
  try {
    const buffer = alignedBuffer(file);
    const random = seededRandom(1, "order");
    return Array.from({ length: samples }, () => {
      const place = Math.floor(random() * fileBlocks) * blockBytes;
      return timed(() => readSync(file, buffer, 0, blockBytes, place));
    });
  } finally {
    closeSync(file);
  }
}

/**
 * A direct read wants memory at an address that is a multiple of the disk's block size. Nothing tells where a buffer lies, so places in
 * it are tried until one will do.
 */
function alignedBuffer(file: number): Buffer {
  const room = Buffer.alloc(blockBytes * 2);
  for (let offset = 0; ; offset += 8) {
    const buffer = room.subarray(offset, offset + blockBytes);
    try {
      readSync(file, buffer, 0, blockBytes, 0);
      return buffer;
    } catch (error) {
      if (offset >= blockBytes) throw error;
    }
  }
}

function appendBlocks(path: string, samples: number): number[] {
  const file = openSync(path, "a");
  try {
    const block = Buffer.alloc(blockBytes, 2);
    return Array.from({ length: samples }, () =>
      timed(() => {
        writeSync(file, block);
        fdatasyncSync(file);
      }),
    );
  } finally {
    closeSync(file);
  }
}

function timed(work: () => void): number {
  const startMs = performance.now();
  work();
  return (performance.now() - startMs) * 1e6;
}
