import type { SpanKind } from "@overlap/trace";

/** The part of a trace that a session writes to; a `Trace` and a `RunRecorder` of `@overlap/trace` are. */
export interface TraceSink {
  /** The trace's clock, in milliseconds. */
  now(): number;
  /** Records that `lane` spent from `startMs` to `endMs` on `kind` for the request `label`. */
  span(lane: string, kind: SpanKind, label: string, startMs: number, endMs: number, ok?: boolean): void;
  /** Records that `counter` has another value from `atMs` on, and why: how a limit that tunes itself changes. */
  count?(counter: string, value: number, atMs: number, reason: string): void;
  /** Told of each attempt: one more in flight (1) when it begins, one less (-1) when it has ended. */
  flight?(change: 1 | -1): void;
}
