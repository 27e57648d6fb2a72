import { DurationHistogram } from "./duration-histogram.ts";
import type { Flow } from "./flow.ts";

/** What a stage does with its items. */
export type StageKind = "io" | "cpu" | "map" | "filter" | "flatMap" | "batch" | "dedupe" | "sink";

/** What one stage has done so far. */
export interface StageSummary {
  /** The name it was given. */
  readonly name: string;
  /** What it does. */
  readonly kind: StageKind;
  /** Items it has taken; batches, after a batch stage. */
  readonly in: number;
  /** Items it has given on, or saved. */
  readonly out: number;
  /** Items that have failed in it. */
  readonly failed: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Items in its hands now. */
  readonly inFlight: number;
  /** Items that lie ready for it. */
  readonly queue: number;
  /** Milliseconds in which it had an item in its hands. */
  readonly busyMs: number;
  /** Milliseconds that half of its items took at most, attempts and waits included. */
  readonly p50Ms: number;
  /** Milliseconds that 99 of 100 took at most. */
  readonly p99Ms: number;
}

/** Counts what one stage does. */
export class StageStats {
  readonly name: string;
  readonly kind: StageKind;
  in = 0;
  out = 0;
  failed = 0;
  retries = 0;
  inFlight = 0;
  readonly #upstream: Flow;
  readonly #durations = new DurationHistogram();
  #busyMs = 0;
  #busySinceMs = 0;

  constructor(name: string, kind: StageKind, upstream: Flow) {
    this.name = name;
    this.kind = kind;
    this.#upstream = upstream;
  }

  /** It takes an item into its hands. */
  begin(nowMs: number): void {
    this.in++;
    if (this.inFlight++ === 0) this.#busySinceMs = nowMs;
  }

  /** It has done with an item that it had from `startMs` on. */
  end(startMs: number, nowMs: number): void {
    this.endAfter(nowMs - startMs, nowMs);
  }

  /** The same where it is known for how long it was really worked on. */
  endAfter(durationMs: number, nowMs: number): void {
    this.#durations.add(durationMs);
    if (--this.inFlight === 0) this.#busyMs += nowMs - this.#busySinceMs;
  }

  summary(): StageSummary {
    const { name, kind, in: taken, out, failed, retries, inFlight } = this;
    return {
      name,
      kind,
      in: taken,
      out,
      failed,
      retries,
      inFlight,
      queue: this.#upstream.size,
      busyMs: this.#busyMs,
      p50Ms: this.#durations.percentileMs(0.5),
      p99Ms: this.#durations.percentileMs(0.99),
    };
  }
}
