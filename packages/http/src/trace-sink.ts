/** The part of a trace that a session writes to; a `Trace` of `@overlap/trace` is one. */
export interface TraceSink {
  /** The trace's clock, in milliseconds. */
  now(): number;
  /** Records that `lane` spent from `startMs` to `endMs` on `kind` for the request `label`. */
  span(lane: string, kind: "queue" | "io", label: string, startMs: number, endMs: number, ok?: boolean): void;
}
