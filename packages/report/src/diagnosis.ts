import { rules } from "./diagnosis-rules.ts";
import { ReportArgumentError } from "./errors.ts";
import { runShares } from "./run-shares.ts";

/** What was measured of one run; all times in milliseconds, over the same wall time. */
export interface RunFigures {
  /** Items that the run worked on, failed ones included; at least 1. */
  readonly items: number;
  /** Items that failed; none when left out. */
  readonly failed?: number;
  /** From the first item to the last result; above 0. */
  readonly wallMs: number;
  /** CPU cores of the machine; at least 1. */
  readonly cores: number;
  /** CPU time of the main thread. */
  readonly mainCpuMs: number;
  /** CPU time of the whole process, main thread included. */
  readonly processCpuMs: number;
  /**
   * Time in which the event loop was active (`performance.eventLoopUtilization()`). What of it was neither CPU time nor
   * {@link RunFigures.coreWaitMs} was a call that blocked; left out, that is not looked at.
   */
  readonly activeMs?: number;
  /** Time in which the main thread was ready to run and other programs had the cores. */
  readonly coreWaitMs?: number;
  /** The same of the other threads of the process, together. */
  readonly othersCoreWaitMs?: number;
  /** Time in which the event loop was idle with something in flight; left out, all that is not accounted for otherwise. */
  readonly waitingMs?: number;
  /**
   * CPU that the items' own computing took of the main thread; the rest of its CPU went into making requests and taking
   * answers. Left out, the two are not told apart.
   */
  readonly computingMs?: number;
  /** How many requests were in flight, on average over the wall time; see {@link meanInFlight}. */
  readonly meanInFlight: number;
  /** Most requests allowed in flight; 0 when the run does no I/O. */
  readonly limit: number;
  /** How long the other side takes when it is idle. Left out, a server at its limit can't be told from a slow one. */
  readonly delayMs?: number;
  /** The least wall time that this machine, this work and this limit allow. */
  readonly boundMs?: number;
  /** Threads beside the main thread that compute. */
  readonly threads?: number;
  /**
   * Requests made, when an item takes more or less than one.
   * @default as many as items
   */
  readonly requests?: number;
  /** How often what was in flight rose to its peak and fell to nothing: waves. */
  readonly waves?: number;
  /** By how much the instruments disagree ({@link checkLittle}); above 0.05 nothing is concluded. */
  readonly littleMismatch?: number;
}

/**
 * What a run was limited by; the rules are tried in this order, and the first that matches speaks. No rule gives `finding`: that is
 * what an experiment says which does not look for a limit.
 */
export type DiagnosisRule =
  | "not-conclusive"
  | "client-bound"
  | "cores-full"
  | "blocked"
  | "one-at-a-time"
  | "cpu-bound"
  | "thread-bound"
  | "server-bound"
  | "io-bound"
  | "stop-and-go"
  | "under-filled"
  | "balanced"
  | "finding";

/** What a run was limited by, for people. */
export interface Diagnosis {
  readonly rule: DiagnosisRule;
  /** One sentence with a number and an action. "Should" marks a prediction that nobody has tried. */
  readonly headline: string;
  /** The figures that led there. */
  readonly why: string;
}

/**
 * Says what a run was limited by and what would help: the first of the rules that matches.
 *
 * Waiting is taken to be the time in which the main thread did not compute; the time per answer follows from the mean
 * in flight by Little's law. The thresholds are those of `diagnosis-rules.ts`.
 *
 * @throws {@link ReportArgumentError} for figures that can't be: no items, no wall time, less CPU in the process than in
 * its main thread
 *
 * @example
 * ```ts
 * diagnose({
 *   items: 120, wallMs: 13_900, cores: 2, mainCpuMs: 1_870, processCpuMs: 1_900,
 *   meanInFlight: 0.87, limit: 1, delayMs: 100,
 * }).headline;
 * // "I/O-bound: 87 % of the time went by waiting; raise concurrency from 1 to about 8, and it should take 1.97 s instead of 13.9 s."
 * ```
 */
export function diagnose(run: RunFigures): Diagnosis {
  checkFigures(run);
  const shares = runShares(run);
  for (const rule of rules) {
    const found = rule(run, shares);
    if (found !== undefined) return found;
  }
  throw new Error("the last rule matches every run");
}

function checkFigures(run: RunFigures): void {
  check(run.items >= 1, "a number of at least 1", "items", run.items);
  check(run.wallMs > 0, "a number above 0", "wallMs", run.wallMs);
  check(Number.isInteger(run.cores) && run.cores >= 1, "an integer of at least 1", "cores", run.cores);
  for (const name of ["mainCpuMs", "processCpuMs", "meanInFlight", "limit"] as const) {
    check(run[name] >= 0, "a number of at least 0", name, run[name]);
  }
  // The two clocks are read one after the other.
  const most = run.processCpuMs * 1.05 + 5;
  check(run.mainCpuMs <= most, "at most processCpuMs", "mainCpuMs", run.mainCpuMs);
}

function check(holds: boolean, expected: string, argument: string, got: unknown): void {
  if (!holds) throw new ReportArgumentError(expected, argument, got);
}
