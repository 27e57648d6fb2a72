import type { Measurement } from "./measurement.ts";
import { Measuring } from "./measuring.ts";
import type { RoundTrips } from "./round-trips.ts";

/** How long to wait for a new limit to show: one round trip is brief, or until the slow answers are there too. */
export type Settling = "briefly" | "fully";

/**
 * The time between two decisions. It has three parts: the limit rises by one with each end until it is where it should be, so that
 * nothing is sent in a burst; what was in flight before ends; then it is measured.
 */
export class Epoch {
  readonly #roundTrips: RoundTrips;
  readonly #busyMs: () => number;
  readonly #measuring = new Measuring();
  #number = 0;
  #limit: number;
  #target: number;
  #settling: Settling = "briefly";
  #settledAtMs = 0;
  #isMeasuring = false;
  #busyAtMs = 0;
  #beganMs = 0;

  /** `busyMs` tells for how many milliseconds the client has been busy, since whenever. */
  constructor(limit: number, roundTrips: RoundTrips, busyMs: () => number) {
    this.#limit = limit;
    this.#target = limit;
    this.#roundTrips = roundTrips;
    this.#busyMs = busyMs;
  }

  /** Requests know by it in which epoch they were sent. */
  get number(): number {
    return this.#number;
  }

  /** How many may be in flight at this moment. */
  get limit(): number {
    return this.#limit;
  }

  /** Another one begins. A lower limit holds at once. */
  begin(limit: number, settling: Settling, nowMs: number): void {
    this.#number++;
    this.#target = limit;
    this.#limit = Math.min(this.#limit, limit);
    this.#settling = settling;
    this.#settle(nowMs);
  }

  /** Measures anew, in the same epoch. */
  measureAgain(nowMs: number, flownMs: number): void {
    this.#beginMeasuring(nowMs, this.#limit, flownMs);
  }

  /** One ended that was in flight for `heldMs`. True when that ends a round trip that was measured. */
  add(succeeded: boolean, heldMs: number, inFlight: number, flownMs: number, nowMs: number): boolean {
    if (this.#isMeasuring) return this.#measuring.add(succeeded, heldMs, inFlight, flownMs, nowMs);
    if (this.#limit < this.#target) {
      this.#limit++;
      this.#settle(nowMs);
    } else if (nowMs >= this.#settledAtMs) this.#beginMeasuring(nowMs, inFlight, flownMs);
    return false;
  }

  /** What was measured until now; `null` when nothing was. */
  measured(): Measurement | null {
    return this.#isMeasuring ? this.#measuring.result() : null;
  }

  /** The share of the time since measuring began for which the client was busy. */
  busyShare(nowMs: number): number {
    return nowMs > this.#beganMs ? (this.#busyMs() - this.#busyAtMs) / (nowMs - this.#beganMs) : 0;
  }

  #settle(nowMs: number): void {
    this.#isMeasuring = false;
    const { meanMs, settlingMs } = this.#roundTrips;
    this.#settledAtMs = nowMs + (this.#settling === "briefly" ? meanMs : settlingMs);
  }

  #beginMeasuring(nowMs: number, inFlight: number, flownMs: number): void {
    this.#isMeasuring = true;
    this.#beganMs = nowMs;
    this.#busyAtMs = this.#busyMs();
    this.#measuring.begin(nowMs, inFlight, flownMs);
  }
}
