import { performance } from "node:perf_hooks";
import { run, type TaskFunction } from "@overlap/loop";
import { Trace } from "@overlap/trace";

/** What one run of one strategy took. */
export interface StrategyRun {
  readonly strategy: string;
  readonly items: number;
  /** From the first item until everything was done. */
  readonly wallMs: number;
  /** CPU of this process, all its threads, user and system. */
  readonly cpuMs: number;
  /** CPU of its main thread alone. */
  readonly mainCpuMs: number;
  /** Time in which the event loop was not waiting. */
  readonly activeMs: number;
  /** CPU of the database's process. */
  readonly serverCpuMs: number;
  /** When it began, on the trace's clock. */
  readonly startMs: number;
  readonly trace: Trace;
}

/** How far the strategy that runs now is. */
export interface LabProgress {
  readonly strategy: string;
  readonly done: number;
  readonly items: number;
}

interface StrategyWork {
  readonly strategy: string;
  readonly items: number;
  readonly serverCpuMs: () => Promise<number>;
  readonly signal: AbortSignal | undefined;
  readonly work: (trace: Trace) => TaskFunction<void>;
}

/** Runs one strategy with a trace of its own, and measures wall time and CPU on both sides. */
export async function runStrategy({
  strategy,
  items,
  serverCpuMs,
  signal,
  work,
}: StrategyWork): Promise<StrategyRun> {
  const trace = new Trace();
  const serverBeforeMs = await serverCpuMs();
  const stopwatch = startStopwatch();
  const startMs = trace.now();
  await run(work(trace), { name: strategy, ...(signal && { signal }) });
  const wallMs = trace.now() - startMs;
  const used = stopwatch();
  return {
    strategy,
    items,
    wallMs,
    ...used,
    serverCpuMs: (await serverCpuMs()) - serverBeforeMs,
    startMs,
    trace,
  };
}

/** Call what it returns to learn what this process has used since. */
function startStopwatch(): () => Pick<StrategyRun, "cpuMs" | "mainCpuMs" | "activeMs"> {
  const cpu = process.cpuUsage();
  const mainCpu = process.threadCpuUsage();
  const loop = performance.eventLoopUtilization();
  return () => ({
    cpuMs: totalMs(process.cpuUsage(cpu)),
    mainCpuMs: totalMs(process.threadCpuUsage(mainCpu)),
    activeMs: performance.eventLoopUtilization(loop).active,
  });
}

function totalMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}
