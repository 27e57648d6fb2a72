import type { Settling } from "./epoch.ts";
import type { Measurement } from "./measurement.ts";

/** What a phase knows when it has measured one more round trip. */
export interface Situation {
  /** The limit that was measured. */
  readonly limit: number;
  readonly min: number;
  readonly max: number;
  /** Here it was refused, not long ago; Infinity if it wasn't. Less than that may be tried. */
  readonly ceiling: number;
  /** What was measured with this limit until now. */
  readonly measured: Measurement;
  /** Refused, of what was sent since the last decision and has ended. */
  readonly refusedShare: number;
  /** Round trips that a careful measurement takes at least: it sees the slow answers too. */
  readonly patience: number;
  /** The client's own event loop is busy nearly all the time. */
  readonly clientIsBusy: boolean;
}

/** Up or down. */
export type Direction = "up" | "down";

/** What comes next. */
type Next =
  | { readonly phase: "climb" }
  | { readonly phase: "hold"; readonly known?: Measurement; readonly expected?: Measurement }
  | { readonly phase: "probe"; readonly direction: Direction; readonly before: Measurement }
  | { readonly phase: "pace" };

/** A decision: another limit, or the same in another phase. */
export interface Move {
  readonly limit: number;
  readonly next: Next;
  /** Starts per second; as many as the limit allows when it isn't given. */
  readonly perSecond?: number;
  /** Share of refusals that is no reason to slow down from now on. */
  readonly tolerate?: number;
  readonly reason: string;
  /** Throughput before and after what was tried. */
  readonly before?: Measurement | undefined;
  readonly after?: Measurement | undefined;
}

/** One way of looking for the limit; asked after each round trip. */
export interface Phase {
  readonly settles: Settling;
  /** A single refusal counts when it names a rate. @default enough of them count */
  readonly heedsEach?: boolean;
  /** What keeps it from growing; nothing when it is free to. */
  readonly heldBy?: string | null;
  /** What to do now; `null` to measure on. */
  conclude(situation: Situation): Move | "measure again" | null;
  /** What to do when too much of what was sent since the last decision has been refused. @default a retreat */
  refused?(situation: Situation): Move | null;
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

/** The largest limit that may be tried. */
export function highest({ max, ceiling }: Situation): number {
  return Math.min(max, ceiling - 1);
}
