import { compare, type Measurement } from "./measurement.ts";
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

/** Round trips that make a measurement to compare with. */
const enough = 4;
/** Round trips after which it is measured anew, so that a change shows. */
const longest = 16;
/** A difference from before that is no accident, if it is beyond the noise too. */
const change = 0.1;
/** A smaller step towards a ceiling is not worth refusals. */
const leastStep = 1.04;
/** A difference that is no accident however uncertain it looks: what changes by itself looks uncertain. */
const certainChange = 0.25;

/** Stays where it is, watches for changes, and starts a probe from time to time. */
export class Hold implements Phase {
  readonly settles = "fully";
  readonly #schedule: ProbeSchedule;
  #known: Measurement | undefined;
  readonly #expected: Measurement | undefined;
  #heldBy: string | null = null;
  /** Round trips of this measurement that the schedule knows of. */
  #counted = 0;

  /** `known` was measured here before with care, `expected` in haste. */
  constructor(schedule: ProbeSchedule, known?: Measurement, expected?: Measurement) {
    this.#schedule = schedule;
    this.#known = known;
    this.#expected = expected;
  }

  get heldBy(): string | null {
    return this.#heldBy;
  }

  conclude(situation: Situation): Move | "measure again" | null {
    const { measured } = situation;
    if (measured.roundTrips < Math.max(enough, situation.patience)) return null;
    this.#heldBy = whatHolds(situation);
    if (measured.perSecond <= 0) return measured.roundTrips < longest ? null : this.#again();
    if (isStarved(situation)) return this.#useLess(situation);
    const move = this.#watch(situation) ?? this.#probeIfDue(situation);
    if (move !== null || measured.roundTrips < longest) return move;
    return this.#again();
  }

  #again(): "measure again" {
    this.#counted = 0;
    return "measure again";
  }

  /** What isn't used isn't known to be good: the limit follows, with some room. */
  #useLess({ measured, limit, min }: Situation): Move | "measure again" | null {
    if (measured.roundTrips < 2 * enough) return null;
    const used = Math.max(min, Math.ceil(1.25 * measured.peakInFlight));
    if (used >= limit) return this.#again();
    return { limit: used, next: { phase: "hold" }, reason: "no more than that is used", after: measured };
  }

  #probeIfDue(situation: Situation): Move | null {
    const { roundTrips } = situation.measured;
    this.#schedule.passed(roundTrips - this.#counted);
    this.#counted = roundTrips;
    if (situation.clientIsBusy) return null;
    const up = this.#schedule.isDue("up") ? this.#probe("up", situation, "does more bring more?") : null;
    if (up !== null || !this.#schedule.isDue("down")) return up;
    return this.#probe("down", situation, "does less do as well?");
  }

  /** Compares with what was known. */
  #watch(situation: Situation): Move | null {
    const { measured } = situation;
    const known = this.#known;
    if (known === undefined) {
      this.#known = measured;
      return this.#checkExpected(situation);
    }
    if (this.#counted > 0) return null;
    const { gain, noise } = compare(known, measured);
    if (Math.abs(gain) < Math.max(change, Math.min(3 * noise, certainChange))) return null;
    this.#known = measured;
    this.#schedule.reset();
    const direction = gain > 0 ? "up" : "down";
    if (direction === "up" && situation.clientIsBusy) return null;
    return this.#probe(direction, situation, `throughput changed by ${percent(gain)} by itself`);
  }

  /** A climb in haste sees only the answers that are fast; when the slow ones bring so much less, its end was none. */
  #checkExpected(situation: Situation): Move | null {
    const { measured, limit, clientIsBusy } = situation;
    if (this.#expected === undefined || clientIsBusy || limit >= highest(situation)) return null;
    const { gain } = compare(this.#expected, measured);
    if (gain > -certainChange) return null;
    return {
      limit: Math.min(highest(situation), 2 * limit),
      next: { phase: "climb" },
      reason: `measured with care it is ${percent(gain)}: climbing again`,
      before: this.#expected,
      after: measured,
    };
  }

  #probe(direction: Direction, situation: Situation, reason: string): Move | null {
    const { limit, measured } = situation;
    const to = direction === "up" ? this.#above(situation) : this.#below(situation);
    if (direction === "up" ? to <= limit : to >= limit) return null;
    return { limit: to, next: { phase: "probe", direction, before: measured }, reason, after: measured };
  }

  /** Half way to where it was refused, or a step up. */
  #above({ limit, max, ceiling }: Situation): number {
    const half = Math.floor((limit + ceiling) / 2);
    if (half < leastStep * limit) return limit;
    return Math.min(max, half, Math.max(limit + 1, Math.round(limit * this.#schedule.step("up"))));
  }

  #below({ limit, min }: Situation): number {
    return Math.max(min, Math.min(limit - 1, Math.round(limit / this.#schedule.step("down"))));
  }
}

function whatHolds(situation: Situation): string | null {
  if (isStarved(situation)) return "the source or a later stage is the limit";
  return situation.clientIsBusy ? "the client's own event loop is busy" : null;
}
