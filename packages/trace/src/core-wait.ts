import { readdirSync, readFileSync } from "node:fs";

/** How long threads have been ready to run while others had the cores, in milliseconds since each began. */
export interface CoreWait {
  /** This thread. */
  readonly ownMs: number;
  /** All other threads of the process that there are now, together. */
  readonly othersMs: number;
}

/**
 * How long threads waited for a core; `undefined` where the system does not tell. Linux does, in the second field of `schedstat`
 * ("Scheduler Statistics", kernel documentation).
 */
export function readCoreWait(): CoreWait | undefined {
  try {
    const ownMs = waitOf("/proc/thread-self");
    const allMs = readdirSync("/proc/self/task").reduce((sum, thread) => sum + waitOfOther(thread), 0);
    return { ownMs, othersMs: Math.max(0, allMs - ownMs) };
  } catch {
    return undefined;
  }
}

/** A thread may end between being listed and being read. */
function waitOfOther(thread: string): number {
  try {
    return waitOf(`/proc/self/task/${thread}`);
  } catch {
    return 0;
  }
}

function waitOf(folder: string): number {
  const [, waitedNs] = readFileSync(`${folder}/schedstat`, "utf8").split(" ").map(Number);
  if (waitedNs === undefined || Number.isNaN(waitedNs))
    throw new RangeError(`no time in ${folder}/schedstat`);
  return waitedNs / 1e6;
}
