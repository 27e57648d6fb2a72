import type { Measurement } from "./measurement.ts";

/**
 * Measures throughput by Little's law: what was in flight on average, over how long each was in flight. That doesn't mind that
 * answers come in bunches, which a count of answers per time does. A round trip is over when as many have ended as were in
 * flight when it began; the differences between round trips say how uncertain the whole is.
 */
export class Measuring {
  #beganMs = 0;
  #untilMs = 0;
  #ended = 0;
  #succeeded = 0;
  #heldMs = 0;
  /** In flight, times milliseconds, since whenever; and what it was when measuring began. */
  #flownMs = 0;
  #flownMsAtStart = 0;
  #peakInFlight = 0;
  /** The round trip that goes on: what the totals were when it began, and when it is over. */
  #nextAt = 0;
  #endedBefore = 0;
  #succeededBefore = 0;
  #heldMsBefore = 0;
  #flownMsBefore = 0;
  #beganTripMs = 0;
  /** Welford's running mean and sum of squares of throughput per round trip. */
  #roundTrips = 0;
  #mean = 0;
  #squares = 0;

  /** Round trips that are over. */
  get roundTrips(): number {
    return this.#roundTrips;
  }

  /** Ends of whatever kind. */
  get ended(): number {
    return this.#ended;
  }

  /** Forgets everything and begins at `nowMs`. */
  begin(nowMs: number, inFlight: number, flownMs: number): void {
    this.#beganMs = nowMs;
    this.#untilMs = nowMs;
    this.#ended = 0;
    this.#succeeded = 0;
    this.#heldMs = 0;
    this.#flownMs = flownMs;
    this.#flownMsAtStart = flownMs;
    this.#peakInFlight = 0;
    this.#roundTrips = 0;
    this.#mean = 0;
    this.#squares = 0;
    this.#beginTrip(nowMs, inFlight);
  }

  /**
   * One ended that was in flight for `heldMs`, with `inFlight` at its end, itself included, and `flownMs` in all. True when that ends a
   * round trip.
   */
  add(succeeded: boolean, heldMs: number, inFlight: number, flownMs: number, nowMs: number): boolean {
    this.#ended++;
    if (succeeded) this.#succeeded++;
    this.#heldMs += heldMs;
    this.#flownMs = flownMs;
    this.#untilMs = nowMs;
    if (inFlight > this.#peakInFlight) this.#peakInFlight = inFlight;
    if (this.#ended < this.#nextAt || nowMs <= this.#beganTripMs) return false;
    this.#endTrip(nowMs);
    this.#beginTrip(nowMs, inFlight);
    return true;
  }

  result(): Measurement {
    const elapsedMs = this.#untilMs - this.#beganMs;
    const inFlight = elapsedMs > 0 ? (this.#flownMs - this.#flownMsAtStart) / elapsedMs : 0;
    const variance = this.#roundTrips > 1 ? this.#squares / (this.#roundTrips - 1) : this.#mean ** 2;
    return {
      perSecond: throughput(this.#succeeded, this.#ended, this.#heldMs, inFlight),
      countedPerSecond: elapsedMs > 0 ? (this.#succeeded * 1_000) / elapsedMs : 0,
      noise: this.#mean > 0 ? Math.sqrt(variance / Math.max(1, this.#roundTrips)) / this.#mean : 1,
      elapsedMs,
      roundTrips: this.#roundTrips,
      ended: this.#ended,
      heldMs: this.#heldMs / Math.max(1, this.#ended),
      inFlight,
      peakInFlight: this.#peakInFlight,
    };
  }

  #beginTrip(nowMs: number, inFlight: number): void {
    this.#nextAt = this.#ended + Math.max(1, inFlight);
    this.#beganTripMs = nowMs;
    this.#endedBefore = this.#ended;
    this.#succeededBefore = this.#succeeded;
    this.#heldMsBefore = this.#heldMs;
    this.#flownMsBefore = this.#flownMs;
  }

  #endTrip(nowMs: number): void {
    const perSecond = throughput(
      this.#succeeded - this.#succeededBefore,
      this.#ended - this.#endedBefore,
      this.#heldMs - this.#heldMsBefore,
      (this.#flownMs - this.#flownMsBefore) / (nowMs - this.#beganTripMs),
    );
    const off = perSecond - this.#mean;
    this.#mean += off / ++this.#roundTrips;
    this.#squares += off * (perSecond - this.#mean);
  }
}

/** Little's law: in flight = throughput · time in flight. */
function throughput(succeeded: number, ended: number, heldMs: number, inFlight: number): number {
  return heldMs > 0 ? (succeeded / ended) * (inFlight / (heldMs / ended)) * 1_000 : 0;
}
