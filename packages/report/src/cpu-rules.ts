import type { Diagnosis, RunFigures } from "./diagnosis.ts";
import { formatCount, formatMs, formatRatio, formatShare } from "./format.ts";
import type { RunShares } from "./run-shares.ts";

/** A core is never quite full: the kernel, the server beside it, the first and the last item take their part. */
const BUSY = 0.85;
const BUSY_AT_BOUND = 0.6;
const NEAR_BOUND = 1.25;
const BLOCKED = 0.15;
/** Less than that for its computing is what a thread loses to others on a crowded machine, not to a call that blocks. */
const BLOCKED_FOR_COMPUTING = 0.5;
const OWN_COMPUTING = 0.5;
const COMPUTING = 0.7;
const CROWD_SLACK = 0.3;
const COMPUTING_WHEN_CROWDED = 0.5;
const THREADS_COMPUTING = 0.5;
/** Threads that only help with garbage collection want a core too on a busy machine, and use less of it. */
const THREADS_GOT = 0.2;
const WORTH_SAYING = 0.05;

/** The main thread is full, and not with the items' own computing: making requests and taking answers is what it does. */
export function clientBound(run: RunFigures, shares: RunShares): Diagnosis | undefined {
  const { limit, computingMs, mainCpuMs, wallMs, items, requests = items } = run;
  if (limit === 0 || computingMs === undefined || computingMs > mainCpuMs * OWN_COMPUTING) return undefined;
  if (!computesMostly(run, shares)) return undefined;
  const perSecond = formatCount((requests * 1_000) / wallMs);
  return {
    rule: "client-bound",
    headline: `The client is the limit: ${perSecond} requests per second keep its main thread busy ${formatShare(shares.busyMain)} of the time; more processes should do more, and more concurrency won't.`,
    why: `What was measured of the other side is the client's own speed: each request took ${formatMs(mainCpuMs / requests)} of its CPU.`,
  };
}

/** Every core computes: that is what the machine can do. */
export function coresFull({ cores }: RunFigures, { busy, overBound }: RunShares): Diagnosis | undefined {
  const nearBound = overBound !== undefined && overBound <= NEAR_BOUND;
  if (busy < (nearBound ? BUSY_AT_BOUND : BUSY)) return undefined;
  const full = `CPU-bound on ${coresOf(cores)}`;
  const help = `only ${cores === 1 ? "a second core" : "more cores"} or cheaper work per item will help`;
  const why = `The process used ${formatShare(busy)} of ${coresOf(cores)}.`;
  if (overBound === undefined) {
    return { rule: "cores-full", headline: `${full}: at ${formatShare(busy)} of their time, ${help}.`, why };
  }
  if (nearBound) {
    return { rule: "cores-full", headline: `${full}: at ${formatRatio(overBound)} the bound, ${help}.`, why };
  }
  return {
    rule: "cores-full",
    headline: `${full}, yet at ${formatRatio(overBound)} the bound: find the CPU time that is not the items' own.`,
    why: `${why} The items alone would have taken ${formatRatio(1 / overBound)} that.`,
  };
}

/** The event loop stood still, and no core computed for it. */
export function loopBlocked(run: RunFigures, shares: RunShares): Diagnosis | undefined {
  const { wallMs, coreWaitMs } = run;
  const crowd = coreWaitMs === undefined ? shares.main * BLOCKED_FOR_COMPUTING : 0;
  if (shares.blocked <= Math.max(BLOCKED, crowd)) return undefined;
  const heldMs = formatMs(shares.blocked * wallMs);
  return {
    rule: "blocked",
    headline: `Blocked: synchronous calls held the event loop for ${heldMs} without computing; use their asynchronous form or a thread.`,
    why: `That is ${formatShare(shares.blocked)} of the wall time, in which nothing else could go on.${coreWaitMs === undefined ? " On a machine busy with other programs, it may be they that held it." : ""}`,
  };
}

/** The main thread computes nearly all the time, and the other cores do not. */
export function cpuBound(run: RunFigures, shares: RunShares): Diagnosis | undefined {
  const { main, crowded } = shares;
  if (!computesMostly(run, shares)) return undefined;
  const why = `The main thread computed ${formatShare(main)} of the time${crowdedWords(crowded)}${run.limit > 0 ? "; what was in flight had to wait for it" : ""}.`;
  if (run.cores === 1) {
    const headline = `CPU-bound: ${formatShare(main)} of the time went by computing; only another core or cheaper work per item will help.`;
    return { rule: "cpu-bound", headline, why };
  }
  const shouldMs = run.mainCpuMs / run.cores + (run.limit > 0 ? (run.delayMs ?? 0) : 0);
  return {
    rule: "cpu-bound",
    headline: `CPU-bound on one core: more concurrency won't help; threads on ${coresOf(run.cores)} should take about ${formatMs(shouldMs)} instead of ${formatMs(run.wallMs)}.`,
    why,
  };
}

/**
 * Programs that keep the cores busy hold up the other side too, so that part of the waiting is theirs. Where the system doesn't tell how
 * long a thread waited for a core, one that is hardly ever idle and computes a lot did.
 */
function computesMostly(
  { coreWaitMs }: RunFigures,
  { main, busyMain, crowded, blocked }: RunShares,
): boolean {
  if (busyMain > COMPUTING - CROWD_SLACK * crowded) return true;
  return coreWaitMs === undefined && main > COMPUTING_WHEN_CROWDED && main + blocked > BUSY;
}

function crowdedWords(share: number): string {
  return share < WORTH_SAYING
    ? ""
    : ` and waited for a core, which other programs had, ${formatShare(share)}`;
}

/** Threads compute, and not on every core. */
export function threadBound(
  { cores, threads = 0 }: RunFigures,
  { main, others, othersOfFree, othersWanted }: RunShares,
): Diagnosis | undefined {
  if (othersWanted <= THREADS_COMPUTING || othersOfFree <= THREADS_GOT) return undefined;
  const action =
    threads >= cores
      ? "raise the limit before them, so that they get work sooner"
      : `run ${formatCount(cores)} threads`;
  return {
    rule: "thread-bound",
    headline: `Thread-pool-bound: threads computed on ${others.toFixed(1)} of ${formatCount(cores)} cores; ${action}.`,
    why: `The main thread computed only ${formatShare(main)} of the time.`,
  };
}

function coresOf(cores: number): string {
  if (cores === 1) return "the only core";
  return cores === 2 ? "both cores" : `all ${formatCount(cores)} cores`;
}
