import { Ceiling } from "./ceiling.ts";
import type { Move } from "./phase.ts";

/** What remains of a limit that was good until now. */
const cut = 0.8;
/** Cuts in a row that don't help: the number in flight isn't what is refused. */
const cutsInVain = 2;

/** What was refused, and in which circumstances. */
export interface Refusal {
  readonly limit: number;
  readonly min: number;
  readonly inFlight: number;
  /** Share of what was sent in this epoch. */
  readonly share: number;
  /** The other side says that it counts requests per time. */
  readonly isByRate: boolean;
  readonly nowMs: number;
  readonly roundTripMs: number;
}

/** What to do when too much is refused: back to what was good, or less, or to a rate; and to remember where it was. */
export class Retreat {
  readonly #ceiling = new Ceiling();
  /** The last limit at which not too much was refused. */
  #good: number;
  #cutsInARow = 0;

  constructor(start: number) {
    this.#good = start;
  }

  /** Where it was refused; Infinity when that is long ago. */
  ceilingAt(nowMs: number): number {
    return this.#ceiling.at(nowMs);
  }

  /** Not too much is refused at `limit`. */
  isGood(limit: number): void {
    this.#good = limit;
    this.#cutsInARow = 0;
  }

  /** A cut for the refusals of one epoch; those that follow it tell whether it helped. */
  from(refusal: Refusal): Move {
    const { limit, min, inFlight, share, isByRate } = refusal;
    const percent = `${Math.round(share * 100)} % were refused`;
    if (isByRate || this.#cutsInARow >= cutsInVain) {
      const reason = isByRate ? `${percent}, by rate` : `${percent}, although the limit has fallen`;
      return { limit, next: { phase: "pace" }, reason };
    }
    const at = Math.min(inFlight, limit);
    this.#ceiling.set(Math.max(at, min + 1), refusal.nowMs, refusal.roundTripMs);
    this.#good = Math.max(min, at > this.#good ? this.#good : Math.floor(cut * at));
    this.#cutsInARow++;
    return { limit: this.#good, next: { phase: "hold" }, reason: percent };
  }
}
