import { availableParallelism } from "node:os";
import { CancelledError, type Coroutine, mapUnordered } from "@overlap/loop";
import { expectPositiveInteger, StageError, ThreadError } from "./errors.ts";
import type { OpenStage } from "./stage.ts";
import type { ThreadFunction } from "./thread-function.ts";
import { ThreadPool } from "./thread-pool.ts";

/** Options of `.cpu()`. */
export interface CpuOptions {
  /** Threads that compute; at least 1. @default the number of cores */
  readonly threads?: number;
}

/** Each thread has its next item waiting while it works on one. */
const itemsPerThread = 2;

/** A stage that computes: one item at a time on each of its threads, while the loop goes on. */
export function cpuStage<T, R>(
  name: string,
  fn: ThreadFunction<T, R>,
  { threads = availableParallelism() }: CpuOptions = {},
): OpenStage<T, R> {
  expectPositiveInteger("threads", threads);
  return (upstream, { trace, resources, count }) => {
    const counts = count(name);
    const pool = resources.use(new ThreadPool(fn, threads));
    function* work(item: T): Coroutine<R> {
      counts.in++;
      try {
        const { value, startMs, endMs } = yield* pool.call(item);
        trace.span(name, "cpu", name, startMs, endMs);
        counts.out++;
        return value;
      } catch (error) {
        if (error instanceof CancelledError || error instanceof ThreadError) throw error;
        throw new StageError(name, item, error);
      }
    }
    return mapUnordered(upstream, work, { concurrency: threads * itemsPerThread });
  };
}
