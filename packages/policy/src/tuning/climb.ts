import { compare, type Measurement } from "./measurement.ts";
import { isStarved, type Move, type Phase, percent, type Situation } from "./phase.ts";

/** A doubling that brings less is a flat one. */
const leastGain = 0.12;
/** Flat doublings in a row that end the climb. */
const flatDoublings = 2;
/** The smallest limit that reached this share of the best is chosen. */
const nearlyBest = 0.96;
/** Ends to be seen before a doubling is judged. */
const fewestEnds = 16;

/** A fast start: doubles the limit until that brings nothing. */
export class Climb implements Phase {
  readonly settles = "briefly";
  readonly #tried: { readonly limit: number; readonly measured: Measurement }[] = [];
  #flat = 0;

  /** What is known before the first doubling, if anything is. */
  constructor(limit: number, known: Measurement | null) {
    if (known !== null) this.#tried.push({ limit, measured: known });
  }

  conclude(situation: Situation): Move | null {
    const { measured, limit, max } = situation;
    if (measured.roundTrips < 2 || (measured.ended < fewestEnds && measured.roundTrips < 8)) return null;
    const last = this.#tried.at(-1)?.measured;
    this.#tried.push({ limit, measured });
    if (isStarved(situation)) return this.#stop(limit, "not all of it is used");
    if (situation.clientIsBusy) return this.#stop(limit, "the client's own event loop is busy");
    if (last !== undefined && this.#isFlat(last, measured)) return this.#settle();
    if (limit >= max) return this.#stop(limit, "it may not be higher");
    const gain = last === undefined ? "" : `: the last doubling brought ${percent(compare(last, measured).gain)}`;
    return {
      limit: Math.min(2 * limit, max),
      next: { phase: "climb" },
      reason: `doubling${gain}`,
      before: last,
      after: measured,
    };
  }

  #isFlat(last: Measurement, measured: Measurement): boolean {
    const { gain } = compare(last, measured);
    this.#flat = gain < leastGain ? this.#flat + 1 : 0;
    // What comes in with no gain and waits twice as long, stands in a queue; more of it tells nothing.
    const queues = measured.heldMs > 1.6 * last.heldMs && measured.ended >= 4 * fewestEnds;
    return this.#flat >= flatDoublings || (this.#flat > 0 && queues);
  }

  #stop(limit: number, reason: string): Move {
    return {
      limit,
      next: { phase: "hold", known: null },
      reason,
      before: this.#tried.at(-2)?.measured,
      after: this.#tried.at(-1)?.measured,
    };
  }

  #settle(): Move {
    const best = Math.max(...this.#tried.map(({ measured }) => measured.perSecond));
    const chosen = this.#tried.find(({ measured }) => measured.perSecond >= nearlyBest * best);
    const last = this.#tried.at(-1);
    if (chosen === undefined || last === undefined) throw new Error("a climb settles after its first limit");
    return {
      limit: chosen.limit,
      next: { phase: "hold", known: null },
      reason: `doubling ${chosen.limit} brought no more`,
      before: last.measured,
      after: chosen.measured,
    };
  }
}
