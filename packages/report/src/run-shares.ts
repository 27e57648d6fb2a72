import type { RunFigures } from "./diagnosis.ts";

/** What the rules of the diagnosis compare, from the figures of a run. */
export interface RunShares {
  /** Share of the wall time in which the main thread computed. */
  readonly main: number;
  /** Share of the wall time in which it computed, or would have, had other programs not had the cores. */
  readonly wanted: number;
  /** Cores' worth of CPU beside the main thread: threads, the pool, garbage collection. */
  readonly others: number;
  /** Share of all cores that the process used. */
  readonly busy: number;
  /** Share of the wall time in which the event loop was active and the main thread neither computed nor wanted a core. */
  readonly blocked: number;
  /** Share of the wall time in which the main thread waited. */
  readonly waiting: number;
  /** Share of the limit that was in flight; 0 without I/O. */
  readonly filled: number;
  /** Time per answer by Little's law, W = L·T / n; 0 without I/O. */
  readonly answerMs: number;
  /** CPU time an item takes of the thread or the core that has most to do. */
  readonly itemCpuMs: number;
  /** Wall time against the bound. */
  readonly overBound: number | undefined;
}

/** Works out the shares of a run whose figures were checked. */
export function runShares(run: RunFigures): RunShares {
  const { items, wallMs, cores, mainCpuMs, processCpuMs, limit } = run;
  const main = Math.min(1, mainCpuMs / wallMs);
  const { requests = items, activeMs = mainCpuMs, coreWaitMs = 0 } = run;
  const withoutCpuMs = Math.max(0, Math.min(wallMs, activeMs) - mainCpuMs);
  const crowded = Math.min(coreWaitMs, withoutCpuMs) / wallMs;
  const blocked = withoutCpuMs / wallMs - crowded;
  const wanted = Math.min(1, main + crowded);
  const waitingMs = run.waitingMs ?? wallMs;
  return {
    main,
    wanted,
    others: Math.max(0, processCpuMs - mainCpuMs) / wallMs,
    busy: processCpuMs / (wallMs * cores),
    blocked,
    waiting: Math.max(0, Math.min(1 - wanted - blocked, waitingMs / wallMs)),
    filled: limit === 0 ? 0 : run.meanInFlight / limit,
    answerMs: limit === 0 ? 0 : (run.meanInFlight * wallMs) / requests,
    itemCpuMs: Math.max(mainCpuMs, processCpuMs / cores) / items,
    overBound: run.boundMs === undefined ? undefined : wallMs / run.boundMs,
  };
}
