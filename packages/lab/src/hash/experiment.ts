import { availableParallelism } from "node:os";
import { chooseStrategies } from "../choose-strategies.ts";
import { type LabDatabase, openDatabase } from "../lab-database.ts";
import { medianRun, type Runs, runInterleaved } from "../repeat.ts";
import { databaseOptions, fewestServerMs } from "../server-limits.ts";
import { noIo } from "./no-io.ts";
import { type HashOptions, type ResolvedHashOptions, resolveHashOptions } from "./options.ts";
import { type HashRun, runHashOnce } from "./run-once.ts";
import { hashStrategies } from "./strategies.ts";

/** What the experiment found. */
export interface HashResult {
  readonly options: ResolvedHashOptions;
  readonly cores: number;
  /** CPU of one hash on the main thread, measured in the same session. */
  readonly cpuMsPerItem: number;
  /** All runs of each strategy, in the order of the experiment. */
  readonly runs: readonly Runs<HashRun>[];
}

/** Items of the run that only measures the CPU time per item, when `no-io` was not asked for. */
const calibrationItems = 30;

/**
 * Hashes random strings with bcrypt and saves each to the HTTP database, once in each of several ways (S11), and reads every
 * row back afterwards.
 *
 * @throws OptionError; DatabaseDiedError; RowsMissingError when a row is not there or a hash is wrong; `signal.reason`.
 */
export async function runHash(options: HashOptions = {}): Promise<HashResult> {
  const resolved = resolveHashOptions(options);
  const strategies = chooseStrategies(hashStrategies, resolved.strategies, resolved.plan);
  resolved.signal?.throwIfAborted();
  await using database = await openDatabase(databaseOptions(resolved), resolved.address);
  const runs = await runInterleaved(strategies, resolved, (strategy) =>
    runHashOnce(strategy, resolved, database),
  );
  const hashing = runs[strategies.indexOf(noIo)] ?? [await calibrate(resolved, database)];
  const { cpuMs, items } = medianRun(hashing, (run) => run.cpuMs);
  return { options: resolved, cores: availableParallelism(), cpuMsPerItem: cpuMs / items, runs };
}

/** The least time in which `items` can be hashed on all cores and saved, `concurrency` at once, by a database with these limits. */
export function hashBoundMs({ options, cores, cpuMsPerItem }: HashResult, items: number): number {
  const hashingMs = (cpuMsPerItem * items) / cores;
  return Math.max(hashingMs, fewestServerMs(items, options.concurrency, options)) + options.delayMs;
}

async function calibrate(options: ResolvedHashOptions, database: LabDatabase): Promise<HashRun> {
  const items = Math.min(calibrationItems, options.plan.items);
  return await runHashOnce(noIo, { ...options, plan: { items, exceptions: {} } }, database);
}
