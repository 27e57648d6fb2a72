import { type Coroutine, mapUnordered } from "@overlap/loop";
import type { SpanKind } from "@overlap/trace";
import { expectPositiveInteger } from "./errors.ts";
import { callForItem } from "./item-call.ts";
import type { OpenStage, StageFunction } from "./stage.ts";

/** Options of `.io()`. */
export interface IoOptions {
  /** Items in flight at most; at least 1. @default 100 */
  readonly concurrency?: number;
}

/** A stage that waits: many items in flight on the loop, results in the order they come. */
export function ioStage<T, R>(
  name: string,
  fn: StageFunction<T, R>,
  { concurrency = 100 }: IoOptions = {},
  kind: SpanKind = "io",
): OpenStage<T, R> {
  expectPositiveInteger("concurrency", concurrency);
  return (upstream, { trace, count }) => {
    const counts = count(name);
    function* work(item: T): Coroutine<R> {
      counts.in++;
      const startMs = trace.now();
      let ok = false;
      try {
        const result = yield* callForItem(name, fn, item);
        ok = true;
        counts.out++;
        return result;
      } finally {
        trace.span(name, kind, name, startMs, trace.now(), ok);
      }
    }
    return mapUnordered(upstream, work, { concurrency });
  };
}
