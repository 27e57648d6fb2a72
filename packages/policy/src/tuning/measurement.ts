/** What was measured while the limit stayed as it was. */
export interface Measurement {
  /** Successes per second. */
  readonly perSecond: number;
  /** Successes per second, by the clock: right when throughput isn't steady, too. */
  readonly countedPerSecond: number;
  /** Standard error of `perSecond`, as a share of it, from the differences between round trips. */
  readonly noise: number;
  readonly elapsedMs: number;
  /** Round trips that were measured. */
  readonly roundTrips: number;
  /** Ends of whatever kind that were measured. */
  readonly ended: number;
  /** Mean time in flight, in milliseconds. */
  readonly heldMs: number;
  /** Mean number in flight. */
  readonly inFlight: number;
  /** The most that were in flight. */
  readonly peakInFlight: number;
}

/** How two measurements compare. */
export interface Comparison {
  /** By what share throughput differs: 0.1 is 10 % more. */
  readonly gain: number;
  /** Standard error of `gain`. */
  readonly noise: number;
}

/** What `after` has brought, compared with `before`. */
export function compare(before: Measurement, after: Measurement): Comparison {
  if (before.perSecond <= 0) return { gain: after.perSecond > 0 ? 1 : 0, noise: 0 };
  return {
    gain: after.perSecond / before.perSecond - 1,
    noise: Math.hypot(before.noise, after.noise),
  };
}
