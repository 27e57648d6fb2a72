import { performance } from "node:perf_hooks";

/** What this process has used. */
export interface Usage {
  /** CPU of all its threads, user and system, in milliseconds. */
  readonly cpuMs: number;
  /** CPU of its main thread alone. */
  readonly mainCpuMs: number;
  /** Time in which the event loop was not waiting. */
  readonly activeMs: number;
}

/** Call what it returns to learn what this process has used since. */
export function startUsageMeter(): () => Usage {
  const cpu = process.cpuUsage();
  const mainCpu = process.threadCpuUsage();
  const loop = performance.eventLoopUtilization();
  return () => {
    const mainCpuMs = totalMs(process.threadCpuUsage(mainCpu));
    // The two clocks are read one after the other.
    const cpuMs = Math.max(totalMs(process.cpuUsage(cpu)), mainCpuMs);
    return { cpuMs, mainCpuMs, activeMs: performance.eventLoopUtilization(loop).active };
  };
}

function totalMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}
