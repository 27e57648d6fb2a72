import type { SpanKind } from "@overlap/trace";

/** Where stages write their spans; a `Trace` is one. */
export interface TraceSink {
  /** Monotonic milliseconds, comparable between threads. */
  now(): number;
  /** One piece of work, from `startMs` to `endMs`. */
  span(lane: string, kind: SpanKind, label: string, startMs: number, endMs: number, ok?: boolean): void;
}
