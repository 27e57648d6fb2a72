import { compare, type Measurement } from "./measurement.ts";
import { highest, isStarved, type Move, type Phase, percent, type Situation } from "./phase.ts";

/** A doubling that brings less is a flat one. */
const leastGain = 0.12;
/** Flat doublings in a row that end the climb. */
const flatDoublings = 2;
/** The smallest limit that reached this share of the best is chosen. */
const nearlyBest = 0.96;
/** Ends to be seen, or else round trips, before a doubling is judged. */
const [fewestEnds, fewestTrips, enoughTrips] = [16, 2, 8];

/** A fast start: doubles the limit until that brings nothing. */
export class Climb implements Phase {
  readonly settles = "briefly";
  readonly #tried: { readonly limit: number; readonly measured: Measurement }[] = [];
  readonly #isFirst: boolean;
  #flat = 0;

  /** `known` is what `limit` brings, if it has been measured. */
  constructor(limit: number, known?: Measurement) {
    this.#isFirst = known === undefined;
    if (known !== undefined) this.#tried.push({ limit, measured: known });
  }

  conclude(situation: Situation): Move | null {
    const { measured, limit } = situation;
    if (measured.roundTrips < fewestTrips || measured.perSecond <= 0) return null;
    if (measured.ended < fewestEnds && measured.roundTrips < enoughTrips) return null;
    const last = this.#tried.at(-1)?.measured;
    const flat = this.#flatness(measured, last);
    // Before it ends, the slow answers must have been seen.
    if (flat >= flatDoublings && measured.roundTrips < situation.patience) return null;
    this.#flat = flat;
    this.#tried.push({ limit, measured });
    if (isStarved(situation)) return this.#stop(limit, "not all of it is used");
    if (situation.clientIsBusy) return this.#stop(limit, "the client's own event loop is busy");
    if (flat >= flatDoublings) return this.#settle(measured);
    if (limit >= highest(situation)) return this.#stop(limit, "it may not be higher");
    return this.#double(situation, last);
  }

  /** Flat doublings in a row until now. */
  #flatness(measured: Measurement, last: Measurement | undefined): number {
    if (last === undefined || compare(last, measured).gain >= leastGain) return 0;
    // What waits nearly twice as long and brings no gain stands in a queue: another doubling would tell nothing.
    const queues = measured.heldMs > 1.6 * last.heldMs && measured.ended >= 4 * fewestEnds;
    return queues ? flatDoublings : this.#flat + 1;
  }

  #double(situation: Situation, last: Measurement | undefined): Move {
    const { limit, measured } = situation;
    const brought =
      last === undefined ? "" : `: the last doubling brought ${percent(compare(last, measured).gain)}`;
    return {
      limit: Math.min(2 * limit, highest(situation)),
      next: { phase: "climb" },
      reason: `doubling${brought}`,
      before: last,
      after: measured,
    };
  }

  #stop(limit: number, reason: string): Move {
    const [before, after] = this.#tried.slice(-2).map(({ measured }) => measured);
    return {
      limit,
      next: { phase: "hold" },
      reason,
      ...(after === undefined ? { after: before } : { before, after }),
    };
  }

  #settle(measured: Measurement): Move {
    const best = Math.max(...this.#tried.map((one) => one.measured.perSecond));
    const chosen = this.#tried.find((one) => atMost(one.measured) >= nearlyBest * best);
    if (chosen === undefined) throw new Error("unreachable: the best is among those that were tried");
    const isLast = chosen.measured === measured;
    const before = isLast ? (this.#tried.at(-2) ?? chosen).measured : chosen.measured;
    return {
      limit: chosen.limit,
      next: this.#isFirst ? { phase: "hold", expected: chosen.measured } : { phase: "hold" },
      reason: isLast
        ? `the last doubling brought ${percent(compare(before, measured).gain)}, and a queue`
        : `doubling ${chosen.limit} brought ${percent(compare(before, measured).gain)}`,
      before,
      after: measured,
    };
  }
}

/** What it may be, uncertain as it is. */
function atMost({ perSecond, noise }: Measurement): number {
  return perSecond * (1 + Math.min(noise, 0.1));
}
