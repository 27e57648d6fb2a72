import { Ceiling } from "./ceiling.ts";
import type { Measurement } from "./measurement.ts";
import { rateUnder } from "./pace.ts";
import type { Move } from "./phase.ts";
import type { ProbeSchedule } from "./probe-schedule.ts";

/** What remains of a limit that was good until now. */
const cut = 0.8;
/** Refused so often where it had been good: the number in flight isn't what is refused. */
const cutsInVain = 2;
/** A rate that was counted over a shorter time is not worth much. */
const longEnoughMs = 500;
/** Round trips after which that is forgotten. */
const memory = 128;

/** What was refused, and in which circumstances. */
export interface Refusal {
  readonly limit: number;
  readonly min: number;
  readonly inFlight: number;
  /** Share of what was sent in this epoch. */
  readonly share: number;
  /** What was measured before it was refused, if anything was. */
  readonly measured: Measurement | undefined;
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
  /** Refusals where it had been good, and when the last was. */
  #inVain = 0;
  #lastMs = 0;

  readonly #schedule: ProbeSchedule;

  constructor(start: number, schedule: ProbeSchedule) {
    this.#good = start;
    this.#schedule = schedule;
  }

  /** Where it was refused; Infinity when that is long ago. */
  ceilingAt(nowMs: number): number {
    return this.#ceiling.at(nowMs);
  }

  /** Not too much is refused at `limit`. */
  isGood(limit: number): void {
    this.#good = limit;
  }

  /** What was refused had another reason than what is in flight. */
  forget(): void {
    this.#ceiling.forget();
  }

  /** A cut for the refusals of one epoch; those that follow it tell whether it helped. */
  from(refusal: Refusal): Move {
    const { limit, min, inFlight, share, isByRate, nowMs, roundTripMs } = refusal;
    const percent = `${Math.round(share * 100)} % were refused`;
    const at = Math.min(inFlight, limit);
    const wasGood = at <= this.#good;
    if (wasGood) this.#schedule.cut();
    else this.#schedule.refused();
    if (wasGood) this.#countInVain(nowMs, roundTripMs);
    if (isByRate || this.#inVain > cutsInVain) {
      this.#inVain = 0;
      const why = isByRate ? "by rate" : "with less in flight too";
      return {
        limit: wasGood ? limit : this.#good,
        perSecond: rateUnder(demandedPerSecond(refusal)),
        next: { phase: "pace" },
        reason: `${percent}, ${why}`,
      };
    }
    this.#ceiling.set(Math.max(at, min + 1), nowMs, roundTripMs);
    this.#good = Math.max(min, wasGood ? Math.floor(cut * at) : this.#good);
    return { limit: this.#good, next: { phase: "hold" }, reason: percent };
  }

  #countInVain(nowMs: number, roundTripMs: number): void {
    const isLongAgo = nowMs - this.#lastMs > memory * roundTripMs;
    this.#inVain = isLongAgo ? 1 : this.#inVain + 1;
    this.#lastMs = nowMs;
  }
}

/** What succeeded until then, or else what was asked for. */
function demandedPerSecond({ measured, limit, roundTripMs }: Refusal): number {
  if (measured !== undefined && measured.elapsedMs > longEnoughMs) return measured.countedPerSecond;
  return (1_000 * limit) / Math.max(1, roundTripMs);
}
