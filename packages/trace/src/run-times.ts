/** What one run took of its thread, its process and its time; everything in milliseconds. */
export interface RunTimes {
  /** When it began, on the trace's clock. */
  readonly startMs: number;
  readonly wallMs: number;
  /** Time in which the event loop ran callbacks (`performance.eventLoopUtilization()`). */
  readonly activeMs: number;
  /** Time in which it waited for something to happen. */
  readonly idleMs: number;
  /** CPU of the thread that ran the loop, user and system. */
  readonly mainCpuMs: number;
  /** CPU of the whole process: that thread, other threads, libuv's pool, garbage collection. */
  readonly processCpuMs: number;
  /**
   * Pauses that garbage collection made in that thread, whether it computed in them or waited for threads that help with it; a
   * recorder always tells.
   */
  readonly gcMs?: number;
  /**
   * Time in which that thread was ready to run and others had the cores; left out where the system does not tell (it does
   * on Linux).
   */
  readonly coreWaitMs?: number;
  /** The same of all other threads of the process, together: of those, too, the thread may have waited. */
  readonly othersCoreWaitMs?: number;
  readonly flights: FlightTimes;
}

/** What was in flight in a run: everything that it waited for and that told so ({@link RunRecorder.flight}). */
export interface FlightTimes {
  /** How many began. */
  readonly started: number;
  /** How many ended. */
  readonly ended: number;
  /** The most at once. */
  readonly peak: number;
  /** The mean over the wall time, from a count kept while they ran: the L of Little's law. */
  readonly meanInFlight: number;
  /** The part of `idleMs` in which at least one was in flight. */
  readonly idleInFlightMs: number;
}
