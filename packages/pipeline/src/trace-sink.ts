import type { SpanKind } from "@overlap/trace";

/** Where stages write their spans; a `Trace` and a `RunRecorder` are. */
export interface TraceSink {
  /** Monotonic milliseconds, comparable between threads. */
  now(): number;
  /** One piece of work, from `startMs` to `endMs`. */
  span(lane: string, kind: SpanKind, label: string, startMs: number, endMs: number, ok?: boolean): void;
  /** A counter has another value from `atMs` on, and why: how a limit that tunes itself changes. */
  count?(counter: string, value: number, atMs: number, reason: string): void;
  /** Told of each call of an io stage or a sink: one more in flight (1) when it begins, one less (-1) when it has ended. */
  flight?(change: 1 | -1): void;
}
