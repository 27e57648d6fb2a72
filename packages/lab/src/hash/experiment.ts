import { availableParallelism } from "node:os";
import { Session } from "@overlap/http";
import { chooseStrategies } from "../choose-strategies.ts";
import { itemsOf } from "../items-plan.ts";
import { type LabDatabase, openDatabase } from "../lab-database.ts";
import { medianRun, type Runs, runInterleaved } from "../repeat.ts";
import { runStrategy, type StrategyRun } from "../run-strategy.ts";
import { async } from "./async.ts";
import { batch } from "./batch.ts";
import { noIo } from "./no-io.ts";
import { type HashOptions, type ResolvedHashOptions, resolveHashOptions } from "./options.ts";
import { overlap } from "./overlap.ts";
import { serial } from "./serial.ts";
import type { HashStrategy } from "./strategy.ts";
import { randomTexts } from "./texts.ts";
import { type Verification, verifyRows } from "./verify.ts";
import { createHashWork } from "./work.ts";

/** The ways of writing hash-and-save, slowest first. */
export const hashStrategies: readonly HashStrategy[] = [noIo, serial, batch, async, overlap];

/** One run of one strategy, with its rows read back. */
export interface HashRun extends StrategyRun, Verification {}

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
  await using database = await openDatabase({ delayMs: resolved.delayMs }, resolved.address);
  const runs = await runInterleaved(strategies, resolved, (strategy) =>
    runOnce(strategy, resolved, database),
  );
  const hashing = runs[strategies.indexOf(noIo)] ?? [await calibrate(resolved, database)];
  const { cpuMs, items } = medianRun(hashing, (run) => run.cpuMs);
  return { options: resolved, cores: availableParallelism(), cpuMsPerItem: cpuMs / items, runs };
}

/** The least time in which `items` can be hashed on all cores and saved, `concurrency` at once. */
export function hashBoundMs({ options, cores, cpuMsPerItem }: HashResult, items: number): number {
  const hashingMs = (cpuMsPerItem * items) / cores;
  const savingMs = Math.ceil(items / options.concurrency) * options.delayMs;
  return Math.max(hashingMs, savingMs) + options.delayMs;
}

async function calibrate(options: ResolvedHashOptions, database: LabDatabase): Promise<HashRun> {
  const items = Math.min(calibrationItems, options.plan.items);
  return await runOnce(noIo, { ...options, plan: { items, exceptions: {} } }, database);
}

async function runOnce(
  strategy: HashStrategy,
  options: ResolvedHashOptions,
  database: LabDatabase,
): Promise<HashRun> {
  const { seed, signal, onProgress } = options;
  const { address } = database;
  const items = itemsOf(options.plan, strategy.name);
  const texts = randomTexts(items, seed);
  const rowName = `${strategy.name}-${crypto.randomUUID()}`;
  await using session = new Session({ limit: options.concurrency });
  let done = 0;
  const advance = () => onProgress?.({ strategy: strategy.name, done: ++done, items });
  const run = await runStrategy({
    strategy: strategy.name,
    items,
    signal,
    serverCpuMs: () => database.cpuMs(),
    work: (trace) => () =>
      strategy.run(createHashWork({ ...options, texts, session, address, rowName, trace, advance })),
  });
  const rows = strategy.saves
    ? await verifyRows(session, address, rowName, texts)
    : { saved: 0, verified: false };
  return { ...run, ...rows };
}
