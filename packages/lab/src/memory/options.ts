import { chooseStrategies } from "../choose-strategies.ts";
import { expectInteger } from "../expect-integer.ts";
import type { SurroundingOptions } from "../surroundings.ts";
import { type MemorySubject, memorySubjects } from "./subjects.ts";

/** Options of `runMemory`. */
export interface MemoryOptions extends SurroundingOptions {
  /** How many of each are made, threads excepted; at least 1. @default 100_000 */
  readonly count?: number;
  /** How many threads are started; at least 1. @default 8 */
  readonly threads?: number;
  /** Names of what is measured. @default all */
  readonly subjects?: readonly string[];
}

/** Options with their defaults. */
export type ResolvedMemoryOptions = Required<Pick<MemoryOptions, "count" | "threads">> &
  SurroundingOptions & { readonly subjects: readonly MemorySubject[] };

/** @throws OptionError for a value outside its range. */
export function resolveMemoryOptions(options: MemoryOptions): ResolvedMemoryOptions {
  const { count = 100_000, threads = 8, subjects, ...rest } = options;
  expectInteger("count", count, 1);
  expectInteger("threads", threads, 1);
  return { ...rest, count, threads, subjects: chooseStrategies(memorySubjects, subjects) };
}
