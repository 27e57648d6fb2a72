import { availableParallelism } from "node:os";
import type { StageSpec } from "../engine/stage.ts";
import { expectFiniteInteger, expectMilliseconds } from "../errors.ts";
import type { ThreadFunction } from "../threads/thread-function.ts";
import { ChunkPump } from "./chunk-pump.ts";

/** Options of `.cpu()`. */
export interface CpuOptions {
  /** Threads that compute; at least 1. @default the number of cores */
  readonly threads?: number;
  /**
   * Items that go to a thread in one message. At least 1; "auto" takes what keeps a thread busy for 2 ms: one item that
   * takes long, or up to 1,024 that don't. Nobody waits for a chunk to fill.
   * @default "auto"
   */
  readonly chunk?: number | "auto";
  /** Results in the order of the items. @default false */
  readonly ordered?: boolean;
  /**
   * Milliseconds an item may take on its thread; then the thread is ended and another takes its place, the item fails, and the
   * others that the thread had in its hands are done again. At least 0. @default Infinity
   */
  readonly timeoutMs?: number;
  /**
   * Moves binary data, of an item or right inside it, to the thread and back instead of copying it. What was moved can't be used
   * any more where it came from. @default false
   */
  readonly transfer?: boolean;
}

/** A stage that computes on threads of its own, while the loop goes on. */
export function cpuStage<T, R>(name: string, fn: ThreadFunction<T, R>, options: CpuOptions = {}): StageSpec {
  const { threads = availableParallelism(), chunk = "auto", ordered = false } = options;
  const { timeoutMs = Number.POSITIVE_INFINITY, transfer = false } = options;
  expectFiniteInteger("threads", threads);
  if (chunk !== "auto") expectFiniteInteger("chunk", chunk);
  expectMilliseconds("timeoutMs", timeoutMs);
  return {
    name,
    kind: "cpu",
    limit: threads,
    open(opening) {
      const wanted = opening.run.override(name).threads ?? threads;
      const settings = { name, threads: wanted, chunk, ordered, timeoutMs, transfer };
      const pump = new ChunkPump(fn as ThreadFunction<never, unknown>, settings, opening);
      opening.run.closeAtEnd(pump);
      opening.run.drive(() => pump.drive());
      return pump.outlet;
    },
  };
}
