import type { SlotOutcome } from "../limiter.ts";
import { Ceiling } from "./ceiling.ts";
import { Climb } from "./climb.ts";
import { Hold } from "./hold.ts";
import { Losses } from "./losses.ts";
import { Measuring } from "./measuring.ts";
import { Pace } from "./pace.ts";
import type { Move, Next, Phase, Situation } from "./phase.ts";
import { Probe } from "./probe.ts";
import { ProbeSchedule } from "./probe-schedule.ts";
import { RoundTrips } from "./round-trips.ts";

/** Something was decided. */
export interface Decision {
  readonly atMs: number;
  readonly limit: number;
  readonly perSecond: number;
  readonly reason: string;
  readonly beforePerSecond?: number | undefined;
  readonly afterPerSecond?: number | undefined;
}

export interface ControllerOptions {
  readonly min: number;
  readonly max: number;
  readonly start: number;
  /** Milliseconds for which the client's event loop has been busy, since whenever. */
  readonly busyMs: () => number;
  readonly onDecision: (decision: Decision) => void;
}

const busyShare = 0.9;
const cut = 0.8;

export class Controller {
  readonly #min: number;
  readonly #max: number;
  readonly #busyMs: () => number;
  readonly #onDecision: (decision: Decision) => void;
  readonly #roundTrips = new RoundTrips();
  readonly #losses = new Losses();
  readonly #ceiling = new Ceiling();
  readonly #schedule = new ProbeSchedule();
  readonly #measuring = new Measuring();
  #phase: Phase;
  #limit: number;
  #target: number;
  #good: number;
  #epoch = 0;
  #nowMs = 0;
  #settledAtMs = 0;
  #isMeasuring = false;
  #cutsInARow = 0;
  #perSecond = Number.POSITIVE_INFINITY;
  #busyAtMs = 0;
  #beganMs = 0;

  constructor({ min, max, start, busyMs, onDecision }: ControllerOptions) {
    this.#min = min;
    this.#max = max;
    this.#limit = start;
    this.#target = start;
    this.#good = start;
    this.#busyMs = busyMs;
    this.#onDecision = onDecision;
    this.#phase = new Climb(start);
  }

  get limit(): number {
    return this.#limit;
  }

  /** Starts per second. */
  get perSecond(): number {
    return this.#perSecond;
  }

  get epoch(): number {
    return this.#epoch;
  }

  sample(
    startMs: number,
    endMs: number,
    nowMs: number,
    epoch: number,
    outcome: SlotOutcome,
    inFlight: number,
  ): void {
    if (nowMs > this.#nowMs) this.#nowMs = nowMs;
    if (outcome === "ok") this.#roundTrips.observe(endMs - startMs, inFlight);
    if (epoch === this.#epoch) {
      const isLost = outcome === "overload" || outcome === "rate-limited";
      this.#losses.add(isLost);
      if (isLost && this.#losses.areTooMany(inFlight) && this.#refused(outcome, inFlight)) return;
    }
    if (this.#limit < this.#target) {
      this.#limit++;
      if (this.#limit === this.#target) this.#settle();
    } else if (this.#isMeasuring) {
      if (this.#measuring.add(outcome === "ok", nowMs - startMs, inFlight, this.#nowMs)) this.#conclude(inFlight);
    } else if (this.#nowMs >= this.#settledAtMs) {
      this.#isMeasuring = true;
      this.#beganMs = this.#nowMs;
      this.#busyAtMs = this.#busyMs();
      this.#measuring.begin(this.#nowMs, inFlight);
    }
  }

  #conclude(inFlight: number): void {
    const situation = this.#situation(inFlight);
    const move = this.#phase.conclude(situation);
    if (move !== null) {
      this.#good = move.next.phase === "hold" ? move.limit : this.#limit;
      this.#cutsInARow = 0;
      this.#move(move);
    } else if (situation.measured.roundTrips >= 16) {
      this.#cutsInARow = 0;
      if (!(this.#phase instanceof Pace)) this.#settle();
    }
  }

  #situation(inFlight: number): Situation {
    const elapsedMs = this.#nowMs - this.#beganMs;
    return {
      limit: this.#limit,
      min: this.#min,
      max: this.#max,
      ceiling: this.#ceiling.at(this.#nowMs),
      measured: this.#measuring.result(),
      patience: Math.min(12, Math.ceil((2 * this.#roundTrips.settlingMs) / this.#roundTrips.meanMs)),
      clientIsBusy: this.#busyMs() - this.#busyAtMs > busyShare * elapsedMs,
      refusedShare: this.#losses.share(inFlight),
    };
  }

  /** Too much is refused. False when nothing is done about it yet. */
  #refused(outcome: SlotOutcome, inFlight: number): boolean {
    if (this.#phase.refused !== undefined) {
      if (!this.#isMeasuring) return false;
      const move = this.#phase.refused(this.#situation(inFlight));
      if (move !== null) this.#move(move);
      return move !== null;
    }
    if (outcome === "rate-limited" || this.#cutsInARow >= 2) {
      const limit = Math.min(this.#limit, Math.max(inFlight, this.#good));
      this.#move({ limit, next: { phase: "pace" }, reason: "it is refused again although the limit has fallen" });
    } else this.#backOff(inFlight);
    return true;
  }

  #backOff(inFlight: number): void {
    this.#cutsInARow++;
    this.#schedule.failed("up");
    const share = this.#losses.share(inFlight);
    const at = Math.min(inFlight, this.#limit);
    this.#ceiling.set(Math.max(at, this.#min + 1), this.#nowMs, this.#roundTrips.meanMs);
    const limit = Math.max(this.#min, at > this.#good ? this.#good : Math.floor(cut * at));
    this.#good = limit;
    this.#move({ limit, next: { phase: "hold" }, reason: `${Math.round(share * 100)} % were refused` });
  }

  #move({ limit, next, reason, before, after, perSecond, tolerate }: Move): void {
    this.#perSecond = perSecond ?? Number.POSITIVE_INFINITY;
    if (tolerate !== undefined) this.#losses.tolerate(tolerate);
    const previous = this.#limit;
    this.#phase = this.#phaseOf(next, previous, after);
    this.#epoch++;
    this.#losses.begin();
    this.#target = limit;
    if (limit <= this.#limit) {
      this.#limit = limit;
      this.#settle();
    }
    this.#isMeasuring = false;
    this.#onDecision({
      atMs: this.#nowMs,
      limit,
      perSecond: this.#perSecond,
      reason,
      beforePerSecond: before?.perSecond,
      afterPerSecond: after?.perSecond,
    });
  }

  #phaseOf(next: Next, limit: number, measured: Move["after"]): Phase {
    if (next.phase === "hold") return new Hold(this.#schedule, next.known, next.expected);
    if (next.phase === "probe") return new Probe(this.#schedule, next.direction, limit, next.before);
    if (next.phase === "pace") return this.#phase instanceof Pace ? this.#phase : new Pace();
    return this.#phase instanceof Climb ? this.#phase : new Climb(limit, measured);
  }

  #settle(): void {
    this.#isMeasuring = false;
    const { meanMs, settlingMs } = this.#roundTrips;
    this.#settledAtMs = this.#nowMs + (this.#phase.settles === "briefly" ? meanMs : settlingMs);
  }
}
