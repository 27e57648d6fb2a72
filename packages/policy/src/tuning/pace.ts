import type { Measurement } from "./measurement.ts";
import { isStarved, type Move, type Phase, type Situation } from "./phase.ts";

/** Just under what succeeded, so that what is left of a bucket of tokens fills up again. */
const under = 0.97;
/** What makes a rate; who limits rates counts in seconds, however fast the answers are. */
const enough = { roundTrips: 4, ms: 500 };
/** While a faster rate is tried, so much must pass without refusals: a bucket's tokens may last for a while. */
const trial = { roundTrips: 8, ms: 2_000 };
/** Before a faster rate is tried, so much must pass, at first and at most. */
const shortestWait = { roundTrips: 8, ms: 4_000 };
const longestWaitMs = 32_000;
/** By what the rate is multiplied when it is tried, at first and at most. */
const [smallestStep, largestStep] = [1.1, 2];
/** A rate of which less is used does not bind. */
const binding = 0.9;
/** What may be in flight, of what a rate has in flight. */
const room = 1.3;
/** Even when everything is refused somebody has to ask. */
const slowest = 2;
/** Where slowing down so often leaves more than this share of the refusals, they have another reason. */
const [often, helpless] = [2, 0.5];

/**
 * The other side refuses by rate, so the rate is what must be held: just under what succeeded, and from time to time a little faster. Lets
 * go when the limit alone keeps below it.
 */
export class Pace implements Phase {
  readonly settles = "fully";
  #rate: number;
  /** The rate that was not refused; the same as `#rate` unless a faster one is tried. */
  #good: number;
  #wait = shortestWait;
  #step = smallestStep;
  /** How often it has slowed down in a row, and the share that was refused before that. */
  #slowed = 0;
  #shareBefore = 0;
  /** The rate is what was asked for, and not yet one that is known to be reached. */
  #isGuess = true;

  constructor(perSecond: number) {
    this.#rate = perSecond;
    this.#good = perSecond;
  }

  conclude(situation: Situation): Move | null {
    const { measured } = situation;
    if (this.#rate === slowest && measured.perSecond > 0 && isOver(measured, enough))
      return letGo(situation, "it answers again");
    return isOver(measured, this.#isTrial ? trial : this.#wait) ? this.#goOn(situation) : null;
  }

  /** Too much was refused of what was sent since the last decision. */
  refused(situation: Situation): Move | null {
    if (this.#isTrial) return this.#back(situation, "faster is refused");
    return isOver(situation.measured, enough) ? this.#follow(situation) : null;
  }

  /** While it asks for more, one refusal that names a rate is an answer. */
  get heedsEach(): boolean {
    return this.#isTrial;
  }

  get #isTrial(): boolean {
    return this.#rate > this.#good;
  }

  /** Nothing was refused for long enough. */
  #goOn(situation: Situation): Move {
    const isReached = endedPerSecond(situation.measured) >= binding * this.#rate;
    if (!isReached && !isStarved(situation)) return letGo(situation, "the limit alone keeps below it");
    this.#slowed = 0;
    if (this.#isTrial && !isReached) return this.#back(situation, "faster is not reached");
    if (this.#isTrial) this.#accept();
    return this.#set(this.#good * this.#step, situation, "is it refused when it is faster?");
  }

  /** Just under what succeeds. */
  #follow(situation: Situation): Move {
    const { refusedShare, measured } = situation;
    if (this.#slowed === 0) this.#shareBefore = refusedShare;
    const isInVain = this.#slowed++ >= often && refusedShare > helpless * this.#shareBefore;
    if (isInVain && refusedShare < 0.5) {
      return { ...letGo(situation, "slower is refused as often"), tolerate: 1.5 * refusedShare };
    }
    this.#wait = twice(this.#wait);
    this.#good = rateUnder(this.#isGuess ? measured.countedPerSecond : this.#rate * (1 - refusedShare));
    this.#isGuess = false;
    return this.#set(this.#good, situation, "refused by rate: just under what succeeds");
  }

  /** The faster rate was too fast. */
  #back(situation: Situation, reason: string): Move {
    if (this.#step === smallestStep) this.#wait = twice(this.#wait);
    this.#step = smallestStep;
    return this.#set(this.#good, situation, reason);
  }

  #accept(): void {
    this.#good = this.#rate;
    this.#step = Math.min(largestStep, 2 * this.#step - 1);
    this.#wait = shortestWait;
  }

  /** The rate decides, so the limit leaves it room. */
  #set(perSecond: number, situation: Situation, reason: string): Move {
    const { measured, limit: before, max } = situation;
    const limit = Math.min(max, Math.max(before, Math.ceil((room * perSecond * measured.heldMs) / 1_000)));
    this.#rate = perSecond;
    return { limit, perSecond, next: { phase: "pace" }, reason, after: measured };
  }
}

/** Just under a rate that succeeded. */
export function rateUnder(perSecond: number): number {
  return Math.max(slowest, under * perSecond);
}

interface Span {
  readonly roundTrips: number;
  readonly ms: number;
}

function isOver({ roundTrips, elapsedMs }: Measurement, least: Span): boolean {
  return roundTrips >= least.roundTrips && elapsedMs >= least.ms;
}

function twice({ roundTrips, ms }: Span): Span {
  return { roundTrips, ms: Math.min(2 * ms, longestWaitMs) };
}

function endedPerSecond({ ended, elapsedMs }: Measurement): number {
  return (ended * 1_000) / elapsedMs;
}

function letGo({ limit, measured }: Situation, reason: string): Move {
  return { limit, next: { phase: "hold" }, reason: `no rate any more: ${reason}`, after: measured };
}
