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

/** The one of this name, which made a run. */
export function hashStrategyNamed(name: string): HashStrategy {
  return hashStrategies.find((strategy) => strategy.name === name) as HashStrategy; // runs are made of these strategies
}
