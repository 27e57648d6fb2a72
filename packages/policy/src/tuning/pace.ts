import type { Measurement } from "./measurement.ts";
import { isStarved, type Move, type Phase, type Situation } from "./phase.ts";

/** Just under what succeeded, so that what is left of a bucket of tokens fills up again. */
const under = 0.97;
/** What makes a rate; who limits rates counts in seconds, however fast the answers are. */
const enough = { roundTrips: 4, ms: 500 };
/** While a faster rate is tried, so much must pass without refusals: a bucket's tokens may last for a while. */
const trial = { roundTrips: 8, ms: 2_000 };
/** Before a faster rate is tried, so much must pass, at first and at most. */
const shortestWait = { roundTrips: 16, ms: 4_000 };
const longestWait = { roundTrips: 128, ms: 32_000 };
/** By what the rate is multiplied when it is tried, at first and at most. */
const [smallestStep, largestStep] = [1.1, 2];
/** A rate of which less is used does not bind. */
const binding = 0.9;
/** Even when everything is refused somebody has to ask. */
const slowest = 1;
/** Slowing down so often in a row without effect shows that the refusals have another reason. */
const vain = 3;

/**
 * The other side refuses by rate, so the rate is what must be held: just under what succeeded, and from time to time a little faster. Lets
 * go when the limit alone keeps below it.
 */
export class Pace implements Phase {
  readonly settles = "fully";
  #rate = Number.POSITIVE_INFINITY;
  /** The rate that was not refused; the same as `#rate` unless a faster one is tried. */
  #good = Number.POSITIVE_INFINITY;
  #wait = shortestWait;
  #step = smallestStep;
  /** Refused when it last slowed down, and how often in a row that didn't help. */
  #shareBefore = 1;
  #inVain = 0;

  conclude(situation: Situation): Move | null {
    const { measured } = situation;
    if (this.#rate === Number.POSITIVE_INFINITY)
      return isOver(measured, enough) ? this.#follow(situation) : null;
    const isTrial = this.#rate > this.#good;
    if (!isOver(measured, isTrial ? trial : this.#wait)) return null;
    if (isTrial) this.#accept();
    this.#shareBefore = 1;
    if (!isStarved(situation) && endedPerSecond(measured) < binding * this.#rate)
      return letGo(situation, "the limit alone keeps below it");
    return this.#set(this.#good * this.#step, situation, "is it refused when it is faster?");
  }

  /** Too much was refused of what was sent since the last decision. */
  refused(situation: Situation): Move | null {
    if (this.#rate > this.#good) return this.#back(situation);
    return isOver(situation.measured, enough) ? this.#follow(situation) : null;
  }

  /** Just under what succeeds. */
  #follow(situation: Situation): Move {
    const { refusedShare, measured } = situation;
    this.#inVain = refusedShare > 0.7 * this.#shareBefore ? this.#inVain + 1 : 0;
    this.#shareBefore = refusedShare;
    if (this.#inVain >= vain && refusedShare < 0.5) {
      return { ...letGo(situation, "slower is refused as often"), tolerate: 1.5 * refusedShare };
    }
    this.#wait = twice(this.#wait);
    this.#good = Math.max(slowest, under * Math.min(this.#rate, measured.countedPerSecond));
    return this.#set(this.#good, situation, "refused by rate: just under what succeeds");
  }

  /** The faster rate was too fast. */
  #back(situation: Situation): Move {
    if (this.#step === smallestStep) this.#wait = twice(this.#wait);
    this.#step = smallestStep;
    return this.#set(this.#good, situation, "faster is refused");
  }

  #accept(): void {
    this.#good = this.#rate;
    this.#step = Math.min(largestStep, 2 * this.#step - 1);
    this.#wait = shortestWait;
  }

  #set(perSecond: number, { limit, measured }: Situation, reason: string): Move {
    this.#rate = perSecond;
    return { limit, perSecond, next: { phase: "pace" }, reason, after: measured };
  }
}

interface Span {
  readonly roundTrips: number;
  readonly ms: number;
}

function isOver({ roundTrips, elapsedMs }: Measurement, least: Span): boolean {
  return roundTrips >= least.roundTrips && elapsedMs >= least.ms;
}

function twice({ roundTrips, ms }: Span): Span {
  return {
    roundTrips: Math.min(2 * roundTrips, longestWait.roundTrips),
    ms: Math.min(2 * ms, longestWait.ms),
  };
}

function endedPerSecond({ ended, elapsedMs }: Measurement): number {
  return (ended * 1_000) / elapsedMs;
}

function letGo({ limit, measured }: Situation, reason: string): Move {
  return { limit, next: { phase: "hold" }, reason: `no rate any more: ${reason}`, after: measured };
}
