import { ReportArgumentError } from "./errors.ts";

/** What {@link checkLittle} compares; each must have been measured without the others. */
export interface LittleFigures {
  /** Requests in flight on average, from a count kept while they ran. */
  readonly meanInFlight: number;
  /** Requests that ended in that time. */
  readonly requests: number;
  /** Their mean time, in milliseconds. */
  readonly meanMs: number;
  /** The time over which all of that was measured, in milliseconds; above 0. */
  readonly wallMs: number;
}

/** How well instruments agree. */
export interface LittleCheck {
  readonly holds: boolean;
  /** |L − X·R| / L, from 0. */
  readonly mismatch: number;
}

/** Instruments that disagree by more are wrong. */
export const MOST_MISMATCH = 0.05;

/**
 * Holds the mean in flight against throughput × mean time, which Little's law makes equal: a mismatch of more than 5 % means
 * that the instruments are wrong. Little, "A Proof for the Queuing Formula L = λW", Operations Research 9 (1961).
 *
 * @throws {@link ReportArgumentError} for a wall time that is not above 0
 *
 * @example
 * ```ts
 * checkLittle({ meanInFlight: 50, requests: 1_000, meanMs: 100, wallMs: 2_000 }); // { holds: true, mismatch: 0 }
 * ```
 */
export function checkLittle({ meanInFlight, requests, meanMs, wallMs }: LittleFigures): LittleCheck {
  if (!(wallMs > 0)) throw new ReportArgumentError("a number above 0", "wallMs", wallMs);
  const expected = (requests * meanMs) / wallMs;
  if (meanInFlight === 0 && expected === 0) return { holds: true, mismatch: 0 };
  const mismatch = Math.abs(meanInFlight - expected) / Math.max(meanInFlight, Number.EPSILON);
  return { holds: mismatch <= MOST_MISMATCH, mismatch };
}
