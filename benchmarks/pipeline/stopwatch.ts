import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** What some work took, in milliseconds. */
export interface Elapsed {
  readonly wallMs: number;
  /** CPU of this process, all its threads. */
  readonly cpuMs: number;
  /** CPU of every process of the machine; `NaN` where the system does not say. */
  readonly machineCpuMs: number;
}

/** Call what it returns to learn what has passed since. */
export function startStopwatch(): () => Elapsed {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  const startMachineMs = machineCpuMs();
  return () => {
    const wallMs = performance.now() - startMs;
    const { user, system } = process.cpuUsage(startCpu);
    return { wallMs, cpuMs: (user + system) / 1_000, machineCpuMs: machineCpuMs() - startMachineMs };
  };
}

/**
 * The wall time less what other processes had of the cores: what the work would have taken of a quiet machine, if it could use all
 * that was left. On a quiet machine it is the wall time.
 */
export function ownWallMs({ wallMs, cpuMs, machineCpuMs }: Elapsed, othersCpuMs = 0): number {
  const others = Math.max(0, machineCpuMs - cpuMs - othersCpuMs);
  return Number.isNaN(others) ? wallMs : wallMs - others / availableParallelism();
}

/** user, nice, system, irq, softirq and steal of `/proc/stat` (proc(5)), in ticks of 10 ms. */
function machineCpuMs(): number {
  try {
    const [, user, nice, system, , , irq, softirq, steal] = readFileSync("/proc/stat", "utf8")
      .split(/\s+/)
      .map(Number);
    return [user, nice, system, irq, softirq, steal].reduce<number>(
      (sum, ticks) => sum + (ticks ?? 0) * 10,
      0,
    );
  } catch {
    return Number.NaN;
  }
}
