/** What a limiter that tunes itself has decided, and why. */
export interface Decision {
  /** When, in milliseconds of the clock that it was given. */
  readonly atMs: number;
  /** How many may be in flight from now on. */
  readonly limit: number;
  /** How many may be started per second from now on; Infinity when only the limit counts. */
  readonly perSecond: number;
  /** What it does from now on: double the limit, keep it, try another one beside it, or hold a rate. */
  readonly phase: "climb" | "hold" | "probe" | "pace";
  /** Why, in words. */
  readonly reason: string;
  /** Successes per second with the limit to which another was compared; nothing when none was. */
  readonly beforePerSecond?: number;
  /** Successes per second with the limit that was compared to it. */
  readonly afterPerSecond?: number;
}
