const originMs = performance.timeOrigin;

/**
 * The clock of every trace that brings none of its own: milliseconds that only go forward, on one scale in all
 * threads of a process, with a resolution below a microsecond.
 *
 * It is the thread's monotonic clock shifted by the wall time at which the thread began. A thread begun after
 * somebody set the system's clock is off by as much as it was set; spans within one thread never are.
 *
 * @example
 * ```ts
 * const startMs = sharedNow(); // in a worker
 * parentPort.postMessage({ startMs, endMs: sharedNow() }); // fits the spans of the main thread
 * ```
 */
export function sharedNow(): number {
  return originMs + performance.now();
}
