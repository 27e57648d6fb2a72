import { type Comparison, compare, type Measurement } from "./measurement.ts";
import {
  type Direction,
  highest,
  isStarved,
  type Move,
  type Phase,
  percent,
  type Situation,
} from "./phase.ts";
import type { ProbeSchedule } from "./probe-schedule.ts";

/**
 * Share of throughput gained per share of limit added: at least this much upwards, at most that much to be lost downwards. The gap
 * between the two keeps it from going to and fro.
 */
const leastGain = 0.09;
const mostCost = 0.05;
/** Gains nearly as much as it adds: there is room for much more. */
const proportional = 0.5;
const [fewestTrips, mostTrips] = [3, 12];

/** Tries another limit beside the one that is known, and keeps the better one. */
export class Probe implements Phase {
  readonly settles = "fully";
  readonly #schedule: ProbeSchedule;
  readonly #direction: Direction;
  readonly #base: number;
  readonly #before: Measurement;

  constructor(schedule: ProbeSchedule, direction: Direction, base: number, before: Measurement) {
    this.#schedule = schedule;
    this.#direction = direction;
    this.#base = base;
    this.#before = before;
  }

  conclude(situation: Situation): Move | null {
    const { measured, limit } = situation;
    if (measured.roundTrips < Math.max(fewestTrips, situation.patience)) return null;
    const compared = compare(this.#before, measured);
    const added = Math.abs(Math.log(limit / this.#base));
    const needed = this.#direction === "up" ? leastGain * added : -mostCost * added;
    const isClear = Math.abs(compared.gain - needed) > 2 * compared.noise;
    if (!isClear && measured.roundTrips < mostTrips) return null;
    if (isStarved(situation)) return this.#return(compared, measured, limit);
    const isKept = compared.gain > needed + (this.#direction === "up" ? compared.noise : 0);
    return isKept ? this.#keep(situation, compared) : this.#return(compared, measured, limit);
  }

  #return({ gain }: Comparison, measured: Measurement, limit: number): Move {
    this.#schedule.failed(this.#direction);
    if (this.#direction === "down" && gain < proportional * (limit / this.#base - 1))
      this.#schedule.hurry("up");
    return {
      limit: this.#base,
      next: { phase: "hold", known: this.#before },
      reason: this.#direction === "up" ? `more brought ${percent(gain)}` : `less cost: ${percent(gain)}`,
      before: this.#before,
      after: measured,
    };
  }

  #keep(situation: Situation, { gain, noise }: Comparison): Move {
    const { limit, measured } = situation;
    this.#schedule.succeeded(this.#direction);
    const isOpen =
      this.#direction === "up" &&
      !situation.clientIsBusy &&
      gain > Math.max(2 * noise, proportional * (limit / this.#base - 1));
    return {
      limit: isOpen ? Math.min(2 * limit, highest(situation)) : limit,
      next: isOpen ? { phase: "climb" } : { phase: "hold", known: measured },
      reason:
        this.#direction === "up" ? `more brought ${percent(gain)}` : `less did as well: ${percent(gain)}`,
      before: this.#before,
      after: measured,
    };
  }
}
