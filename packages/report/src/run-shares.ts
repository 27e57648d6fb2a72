import type { RunFigures } from "./diagnosis.ts";

/** What the rules of the diagnosis compare, from the figures of a run. */
export interface RunShares {
  /** Share of the wall time in which the main thread computed. */
  readonly main: number;
  /** Share of the wall time in which it would have, had other programs not had the cores. */
  readonly crowded: number;
  /** Share in which it computed, of the time in which it could. */
  readonly busyMain: number;
  /** Cores' worth of CPU beside the main thread: threads, the pool, garbage collection. */
  readonly others: number;
  /** The same, of the time in which other programs left some. */
  readonly othersOfFree: number;
  /** Cores' worth of CPU that those wanted, whether they got it or not. */
  readonly othersWanted: number;
  /** Share of all cores that the process used. */
  readonly busy: number;
  /** Share in which the event loop was active and the main thread neither computed nor wanted a core, of the time in which it could. */
  readonly blocked: number;
  /** Share in which the main thread waited, of the time in which it could do otherwise. */
  readonly waiting: number;
  /** Share of the whole wall time in which it waited. */
  readonly waited: number;
  /** Share of the limit that was in flight; 0 without I/O. */
  readonly filled: number;
  /** Time per answer by Little's law, W = L·T / n; 0 without I/O. */
  readonly answerMs: number;
  /** CPU time an item takes of the thread or the core that has most to do. */
  readonly itemCpuMs: number;
  /** Wall time against the bound. */
  readonly overBound: number | undefined;
}

/** Nearly nothing is left of the time to take shares of. */
const MOST_CROWDED = 0.95;

/** Works out the shares of a run whose figures were checked. */
export function runShares(run: RunFigures): RunShares {
  const { items, wallMs, cores, mainCpuMs, processCpuMs, limit, requests = items } = run;
  const main = Math.min(1, mainCpuMs / wallMs);
  const { crowded, blocked } = withoutCpu(run);
  const free = 1 - Math.min(crowded, MOST_CROWDED);
  const others = Math.max(0, processCpuMs - mainCpuMs) / wallMs;
  const waited = Math.max(0, Math.min(free - main - blocked, (run.waitingMs ?? wallMs) / wallMs));
  return {
    main,
    crowded,
    busyMain: Math.min(1, main / free),
    others,
    othersOfFree: others / free,
    othersWanted: others + (run.othersCoreWaitMs ?? 0) / wallMs,
    busy: processCpuMs / (wallMs * cores),
    blocked: blocked / free,
    waiting: waited / free,
    waited,
    filled: limit === 0 ? 0 : run.meanInFlight / limit,
    answerMs: limit === 0 ? 0 : (run.meanInFlight * wallMs) / requests,
    itemCpuMs: Math.max(mainCpuMs, processCpuMs / cores) / items,
    overBound: run.boundMs === undefined ? undefined : wallMs / run.boundMs,
  };
}

/** Shares of the wall time in which the event loop was active without CPU: for want of a core, or blocked. */
function withoutCpu(run: RunFigures): { readonly crowded: number; readonly blocked: number } {
  const { wallMs, mainCpuMs, activeMs = mainCpuMs, coreWaitMs = 0 } = run;
  const withoutMs = Math.max(0, Math.min(wallMs, activeMs) - mainCpuMs);
  const crowdedMs = Math.min(coreWaitMs, withoutMs);
  return { crowded: crowdedMs / wallMs, blocked: (withoutMs - crowdedMs) / wallMs };
}
