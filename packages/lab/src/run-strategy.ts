import { run, type TaskFunction } from "@overlap/loop";
import { RunRecorder, type RunTimes, type Trace } from "@overlap/trace";

/** What one run of one strategy took. */
export interface StrategyRun {
  readonly strategy: string;
  readonly items: number;
  /** From the first item until everything was done. */
  readonly wallMs: number;
  /** CPU of this process, all its threads, user and system. */
  readonly cpuMs: number;
  /** CPU of the database's process. */
  readonly serverCpuMs: number;
  /** When it began, on the trace's clock. */
  readonly startMs: number;
  /** What it took of the main thread and of the process. */
  readonly times: RunTimes;
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
  /** CPU of the server's process so far; left out where it has none. */
  readonly serverCpuMs?: () => Promise<number>;
  readonly signal: AbortSignal | undefined;
  readonly work: (trace: Trace) => TaskFunction<void>;
}

/** Runs one strategy with a recorder of its own, and measures wall time and CPU on both sides. */
export async function runStrategy({
  strategy,
  items,
  serverCpuMs = async () => 0,
  signal,
  work,
}: StrategyWork): Promise<StrategyRun> {
  const serverBeforeMs = await serverCpuMs();
  const recorder = new RunRecorder();
  await run(work(recorder.trace), { name: strategy, ...(signal && { signal }) });
  const times = recorder.stop();
  const { wallMs, startMs, processCpuMs: cpuMs } = times;
  const { trace } = recorder;
  return {
    strategy,
    items,
    wallMs,
    cpuMs,
    serverCpuMs: (await serverCpuMs()) - serverBeforeMs,
    startMs,
    times,
    trace,
  };
}
