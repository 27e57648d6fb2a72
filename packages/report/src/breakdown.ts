import type { Interval, RunTimes } from "@overlap/trace";
import { unionMs } from "./in-flight.ts";

/** Where the wall time of a thread went, in milliseconds. The first five add up to the wall time. */
export interface Breakdown {
  /** The thread ran JavaScript, or native code for it, on a core. */
  readonly javascriptMs: number;
  /**
   * It had something to run, and others had the cores; or it paused for garbage collection, and threads that help with that waited for
   * one. 0 where the system does not tell.
   */
  readonly crowdedOutMs: number;
  /** A synchronous call held the event loop without using a core. */
  readonly blockedMs: number;
  /** The event loop waited, with something in flight. */
  readonly waitingMs: number;
  /** The event loop waited, with nothing in flight: for a timer, for threads, for more to do. */
  readonly nothingMs: number;
  /** Beside all that: CPU of the pool, of other threads, of garbage collection. May be more than the wall time. */
  readonly otherCpuMs: number;
}

/**
 * Says where the wall time of a run went, from what was measured of it. With A and I the time in which the event loop was
 * active and idle, and C the CPU of its thread: JavaScript is min(C, A); what is left of A was spent without a core to run
 * on, as far as is known, or else blocked; I is split by whether something was in flight.
 *
 * @param flights what was in flight, for a run in which nobody told its recorder; then all idle time that fits into them
 * counts as waiting
 *
 * @example
 * ```ts
 * const { javascriptMs, waitingMs } = breakDown(recorder.stop());
 * ```
 */
export function breakDown(times: RunTimes, flights: Iterable<Interval> = []): Breakdown {
  const { wallMs, mainCpuMs, processCpuMs, gcMs = 0, coreWaitMs = 0, othersCoreWaitMs = 0 } = times;
  const activeMs = Math.min(wallMs, times.activeMs);
  const idleMs = wallMs - activeMs;
  const javascriptMs = Math.min(mainCpuMs, activeMs);
  const crowdedOutMs = Math.min(coreWaitMs + Math.min(othersCoreWaitMs, gcMs), activeMs - javascriptMs);
  const inFlightMs = times.flights.started > 0 ? times.flights.idleInFlightMs : unionMs(flights);
  const waitingMs = Math.min(idleMs, inFlightMs);
  return {
    javascriptMs,
    crowdedOutMs,
    blockedMs: activeMs - javascriptMs - crowdedOutMs,
    waitingMs,
    nothingMs: idleMs - waitingMs,
    otherCpuMs: Math.max(0, processCpuMs - mainCpuMs),
  };
}
