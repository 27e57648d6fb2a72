import { readFileSync } from "node:fs";

/**
 * How long this thread has been ready to run while others had the cores, in milliseconds since it began; `undefined` where the
 * system does not tell. Linux does, in the second field of `schedstat` ("Scheduler Statistics", kernel documentation).
 */
export function readCoreWaitMs(): number | undefined {
  try {
    const [, waitedNs] = readFileSync("/proc/thread-self/schedstat", "utf8").split(" ").map(Number);
    return waitedNs === undefined || Number.isNaN(waitedNs) ? undefined : waitedNs / 1e6;
  } catch {
    return undefined;
  }
}
