/**
 * What a stretch of time was spent on: `queue` waiting for a permit or a slot, `io` waiting for the other side,
 * `cpu` computing, `blocked` a synchronous call that holds its thread without computing, `sink` saving.
 */
export type SpanKind = "queue" | "io" | "cpu" | "blocked" | "sink";

/** Every {@link SpanKind}, in the order in which an item passes through them. */
export const SPAN_KINDS: readonly SpanKind[] = ["queue", "io", "cpu", "blocked", "sink"];

/** A stretch of time, half open: it holds `startMs` and ends just before `endMs`. */
export interface Interval {
  /** When it began, in milliseconds on the trace's clock. */
  readonly startMs: number;
  /** When it ended, in milliseconds on the trace's clock; never before `startMs`. */
  readonly endMs: number;
}

/** One thing that happened: who (`lane`), what (`kind`), to which item (`label`), when, and whether it went well. */
export interface Span extends Interval {
  /** Who did it: a stage, a host, a thread. Spans of one lane may overlap. */
  readonly lane: string;
  readonly kind: SpanKind;
  /** Which item it was done for, for people to read; empty when the trace kept no label for it. */
  readonly label: string;
  /** `false` when it ended with an error. */
  readonly ok: boolean;
}

/** The value that a counter had from one moment on. */
export interface CounterSample {
  /** The counter's name, such as `in flight`. */
  readonly counter: string;
  readonly value: number;
  /** When the counter took this value, in milliseconds on the trace's clock. */
  readonly atMs: number;
  /** Why it took this value, for people to read, such as a limiter's decision; empty where nobody said. */
  readonly reason: string;
}
