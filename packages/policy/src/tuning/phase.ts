import type { Measurement } from "./measurement.ts";

/** What a phase knows when it has measured one more round trip. */
export interface Situation {
  /** The limit that was measured. */
  readonly limit: number;
  readonly min: number;
  /** The largest that may be tried now: the ceiling is respected. */
  readonly max: number;
  /** What was measured with this limit until now. */
  readonly measured: Measurement;
  /** Round trips that a careful measurement takes at least: it sees the slow answers too. */
  readonly patience: number;
  /** The client's own event loop is busy nearly all the time. */
  readonly clientIsBusy: boolean;
}

/** Up or down. */
export type Direction = "up" | "down";

/** What comes next. */
export type Next =
  | { readonly phase: "climb" }
  | { readonly phase: "hold"; readonly known?: Measurement; readonly expected?: Measurement }
  | { readonly phase: "probe"; readonly direction: Direction; readonly before: Measurement };

/** A decision: another limit, or the same in another phase. */
export interface Move {
  readonly limit: number;
  readonly next: Next;
  readonly reason: string;
  /** Throughput before and after what was tried. */
  readonly before?: Measurement | undefined;
  readonly after?: Measurement | undefined;
}

/** One way of looking for the limit; asked after each round trip. */
export interface Phase {
  /** Milliseconds to wait for the new limit to show: one round trip is brief, or until the slow answers are there too. */
  readonly settles: "briefly" | "fully";
  /** What to do now; `null` to measure on. */
  conclude(situation: Situation): Move | null;
}

/** In flight is less than the limit allows, so something else is the limit: the source, or a later stage. */
export function isStarved({ limit, measured }: Situation): boolean {
  return measured.inFlight < 0.85 * limit;
}

/** "+12 %". */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  return `${rounded > 0 ? "+" : rounded < 0 ? "−" : "±"}${Math.abs(rounded)} %`;
}
