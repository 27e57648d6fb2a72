import { async } from "./async.ts";
import { asyncNative } from "./async-native.ts";
import { batch } from "./batch.ts";
import { fileIo } from "./file-io.ts";
import { noIo } from "./no-io.ts";
import { overlap } from "./overlap.ts";
import { serial } from "./serial.ts";
import type { HashStrategy } from "./strategy.ts";
import { threadsOnly } from "./threads-only.ts";

/** The ways of writing hash-and-save. */
export const hashStrategies: readonly HashStrategy[] = [
  noIo,
  fileIo,
  serial,
  threadsOnly,
  batch,
  async,
  asyncNative,
  overlap,
];
