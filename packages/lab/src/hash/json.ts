import { medianRun, type Runs } from "../repeat.ts";
import { type RepeatedFigures, repeatedFigures } from "../repeated-runs.ts";
import { type HashResult, hashBoundMs } from "./experiment.ts";
import type { HashRun } from "./run-once.ts";
import { hashStrategyNamed } from "./strategies.ts";

/** What `overlap lab hash --json` prints of one strategy. */
export interface HashStrategyJson extends RepeatedFigures {
  readonly name: string;
  readonly items: number;
  /** The median of the runs, as are the CPU times beside it. */
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly serverCpuMs: number;
  readonly perItemMs: number;
  readonly saved: number;
  readonly verified: boolean;
}

/** What `overlap lab hash --json` prints. All times in milliseconds. */
export interface HashJson {
  readonly experiment: "hash";
  readonly items: number;
  readonly difficulty: number;
  readonly delayMs: number;
  readonly concurrency: number;
  readonly batchSize: number;
  readonly threads: number;
  readonly repeat: number;
  readonly cores: number;
  readonly cpuMsPerItem: number;
  readonly boundMs: number;
  readonly strategies: readonly HashStrategyJson[];
}

/** The result as plain data, without the traces. */
export function hashJson(result: HashResult): HashJson {
  const { plan, difficulty, delayMs, concurrency, batchSize, threads, repeat } = result.options;
  return {
    experiment: "hash",
    items: plan.items,
    difficulty,
    delayMs,
    concurrency,
    batchSize,
    threads,
    repeat,
    cores: result.cores,
    cpuMsPerItem: result.cpuMsPerItem,
    boundMs: hashBoundMs(result, plan.items),
    strategies: hashRows(result),
  };
}

/** A row for each strategy; only those that save into the database are compared. */
export function hashRows({ runs }: HashResult): HashStrategyJson[] {
  const repeated = repeatedFigures(runs, (run) => hashStrategyNamed(run.strategy).saves === "database");
  return runs.map((ofOne, index) => strategyJson(ofOne, repeated[index] as RepeatedFigures)); // one for each
}

function strategyJson(runs: Runs<HashRun>, repeated: RepeatedFigures): HashStrategyJson {
  const { strategy, items, wallMs, cpuMs, serverCpuMs } = medianRun(runs, (run) => run.wallMs);
  return {
    name: strategy,
    items,
    wallMs,
    cpuMs,
    serverCpuMs,
    perItemMs: wallMs / items,
    saved: Math.min(...runs.map((run) => run.saved)),
    verified: runs.every((run) => run.verified),
    ...repeated,
  };
}
