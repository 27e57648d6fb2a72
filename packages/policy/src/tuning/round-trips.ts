/**
 * How long an answer takes, and how much that varies: running means over about one round trip's worth of answers, in the manner of
 * TCP's retransmission timer (Jacobson, "Congestion Avoidance and Control", 1988; RFC 6298).
 */
export class RoundTrips {
  #meanMs = 0;
  #deviationMs = 0;
  #observed = 0;

  /** The mean, in milliseconds; 0 before the first answer. */
  get meanMs(): number {
    return this.#meanMs;
  }

  /** After so long nearly everything that was in flight has been answered, slow answers included. */
  get settlingMs(): number {
    return Math.min(this.#meanMs + 4 * this.#deviationMs, 10 * this.#meanMs);
  }

  /** An answer took so long while `inFlight` were in flight. Errors are no answers. */
  observe(roundTripMs: number, inFlight: number): void {
    const weight = 1 / Math.min(++this.#observed, Math.max(8, inFlight));
    const offMs = roundTripMs - this.#meanMs;
    this.#meanMs += weight * offMs;
    this.#deviationMs += weight * (Math.abs(offMs) - this.#deviationMs);
  }
}
