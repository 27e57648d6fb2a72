import type { SlotOutcome } from "../limiter.ts";
import { Climb } from "./climb.ts";
import type { Decision } from "./decision.ts";
import { Epoch } from "./epoch.ts";
import { Hold } from "./hold.ts";
import { Losses } from "./losses.ts";
import type { Measurement } from "./measurement.ts";
import { Pace } from "./pace.ts";
import type { Move, Phase, Situation } from "./phase.ts";
import { Probe } from "./probe.ts";
import { ProbeSchedule } from "./probe-schedule.ts";
import { Retreat } from "./retreat.ts";
import { RoundTrips } from "./round-trips.ts";

/** The client's event loop is the limit when it is busy for more than this share of the time. */
const busyShare = 0.9;
/** Round trips that a careful measurement takes at most. */
const mostPatience = 12;

/** Between which limits a controller decides, and what it hears of the client. */
export interface ControllerOptions {
  readonly min: number;
  readonly max: number;
  readonly start: number;
  /** Milliseconds for which the client's event loop has been busy, since whenever. */
  readonly busyMs: () => number;
  /** Told of each decision. */
  readonly onDecision: (decision: Decision) => void;
}

/**
 * Finds the number in flight that brings the most throughput, and the smallest of those that bring the same. It hears of each end and
 * decides; it has no clock, no timer and no randomness of its own.
 */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #roundTrips = new RoundTrips();
  readonly #losses = new Losses();
  readonly #schedule = new ProbeSchedule();
  readonly #epoch: Epoch;
  readonly #retreat: Retreat;
  #phase: Phase;
  #kind: Decision["phase"] = "climb";
  #nowMs = 0;
  #perSecond = Number.POSITIVE_INFINITY;
  #heldBy: string | null = null;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#epoch = new Epoch(options.start, this.#roundTrips, options.busyMs);
    this.#retreat = new Retreat(options.start, this.#schedule);
    this.#phase = new Climb(options.start);
  }

  /** How many may be in flight. */
  get limit(): number {
    return this.#epoch.limit;
  }

  /** How many may be started per second; Infinity when only the limit counts. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /** To be remembered with each start, and given back at its end. */
  get epoch(): number {
    return this.#epoch.number;
  }

  /**
   * One ended that was started at `startMs` in `epoch`. The answer came at `endMs`; its slot is free at `nowMs`. `inFlight` is how many
   * were in flight until then, itself included; `flownMs` is the sum over all time of those in flight times milliseconds, so that what lies
   * between two ends counts as well.
   */
  sample(
    startMs: number,
    endMs: number,
    nowMs: number,
    epoch: number,
    outcome: SlotOutcome,
    inFlight: number,
    flownMs: number,
  ): void {
    if (nowMs > this.#nowMs) this.#nowMs = nowMs;
    const succeeded = outcome === "ok";
    if (succeeded && endMs >= startMs) this.#roundTrips.observe(endMs - startMs, inFlight);
    if (epoch === this.#epoch.number) {
      const isLost = outcome === "overload" || outcome === "rate-limited";
      this.#losses.add(isLost);
      if (isLost && this.#isHeeded(outcome, inFlight) && this.#refused(outcome, inFlight)) return;
    }
    const heldMs = nowMs > startMs ? nowMs - startMs : 0;
    if (this.#epoch.add(succeeded, heldMs, inFlight, flownMs, this.#nowMs)) this.#conclude(inFlight, flownMs);
  }

  #isHeeded(outcome: SlotOutcome, inFlight: number): boolean {
    const isPlain = outcome === "rate-limited" && this.#phase.heedsEach === true;
    return isPlain || this.#losses.areTooMany(inFlight);
  }

  /** A round trip has been measured. */
  #conclude(inFlight: number, flownMs: number): void {
    const situation = this.#situation(inFlight);
    if (situation === null) return;
    const move = this.#phase.conclude(situation);
    this.#tellWhatHolds(this.#phase.heldBy ?? null, situation.measured);
    if (move === null) return;
    this.#retreat.isGood(situation.limit);
    this.#losses.begin(!(this.#phase instanceof Pace));
    if (move === "measure again") this.#epoch.measureAgain(this.#nowMs, flownMs);
    else this.#follow(move);
  }

  /** Too much is refused. False when nothing is done about it yet. */
  #refused(outcome: SlotOutcome, inFlight: number): boolean {
    const situation = this.#situation(inFlight);
    if (this.#phase.refused !== undefined) {
      const move = situation === null ? null : this.#phase.refused(situation);
      if (move !== null) this.#follow(move);
      return move !== null;
    }
    this.#follow(
      this.#retreat.from({
        limit: this.#epoch.limit,
        min: this.#options.min,
        inFlight,
        share: this.#losses.share(inFlight),
        measured: situation?.measured,
        isByRate: outcome === "rate-limited",
        nowMs: this.#nowMs,
        roundTripMs: this.#roundTrips.meanMs,
      }),
    );
    return true;
  }

  #situation(inFlight: number): Situation | null {
    const measured = this.#epoch.measured();
    if (measured === null) return null;
    const { meanMs, settlingMs } = this.#roundTrips;
    return {
      limit: this.#epoch.limit,
      min: this.#options.min,
      max: this.#options.max,
      ceiling: this.#retreat.ceilingAt(this.#nowMs),
      measured,
      patience: meanMs > 0 ? Math.min(mostPatience, Math.ceil((2 * settlingMs) / meanMs)) : mostPatience,
      clientIsBusy: this.#epoch.busyShare(this.#nowMs) > busyShare,
      refusedShare: this.#losses.share(inFlight),
    };
  }

  #follow(move: Move): void {
    this.#losses.begin(false);
    this.#phase = this.#phaseOf(move);
    this.#perSecond = move.perSecond ?? Number.POSITIVE_INFINITY;
    if (move.tolerate !== undefined) this.#tolerate(move.tolerate);
    this.#epoch.begin(move.limit, this.#phase.settles, this.#nowMs);
    this.#kind = move.next.phase;
    this.#tell(move.limit, move.reason, move.before, move.after);
  }

  #tolerate(share: number): void {
    this.#losses.tolerate(share);
    this.#retreat.forget();
    this.#schedule.reset();
  }

  #phaseOf({ next, after, perSecond }: Move): Phase {
    const { limit } = this.#epoch;
    if (next.phase === "hold") return new Hold(this.#schedule, next.known, next.expected);
    if (next.phase === "probe") return new Probe(this.#schedule, next.direction, limit, next.before);
    if (next.phase === "climb") return this.#phase instanceof Climb ? this.#phase : new Climb(limit, after);
    return this.#phase instanceof Pace ? this.#phase : new Pace(perSecond ?? Number.POSITIVE_INFINITY);
  }

  #tellWhatHolds(heldBy: string | null, measured: Measurement): void {
    if (heldBy === this.#heldBy) return;
    this.#heldBy = heldBy;
    if (heldBy !== null) this.#tell(this.#epoch.limit, `not growing: ${heldBy}`, undefined, measured);
  }

  #tell(
    limit: number,
    reason: string,
    before: Measurement | undefined,
    after: Measurement | undefined,
  ): void {
    this.#options.onDecision({
      atMs: this.#nowMs,
      limit,
      perSecond: this.#perSecond,
      phase: this.#kind,
      reason,
      ...(before === undefined ? {} : { beforePerSecond: before.perSecond }),
      ...(after === undefined ? {} : { afterPerSecond: after.perSecond }),
    });
  }
}
