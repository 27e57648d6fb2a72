import { Session } from "@overlap/http";
import { type LabDatabase, openDatabase } from "../lab-database.ts";
import { runStrategy, type StrategyRun } from "../run-strategy.ts";
import { createSquareCalls } from "./calls.ts";
import { type ResolvedSquaresOptions, resolveSquaresOptions, type SquaresOptions } from "./options.ts";
import type { SquaresStrategy } from "./strategies.ts";

/** One run of one strategy. */
export interface SquaresRun extends StrategyRun {
  /** When every call had returned to the program, which then could do something else. */
  readonly returnedMs: number;
  /** What the calls brought, in the order of the values. */
  readonly squares: readonly number[];
}

/** What the experiment found. */
export interface SquaresResult {
  readonly options: ResolvedSquaresOptions;
  /** A run of each strategy, in the order of the experiment. */
  readonly runs: readonly SquaresRun[];
}

/**
 * Makes ten calls to a slow server: one after the other, with callbacks, with futures, with tasks (S2, S3).
 *
 * @throws OptionError; DatabaseDiedError; SaveFailedError; `signal.reason`.
 */
export async function runSquares(options: SquaresOptions = {}): Promise<SquaresResult> {
  const resolved = resolveSquaresOptions(options);
  resolved.signal?.throwIfAborted();
  await using database = await openDatabase({ delayMs: resolved.delayMs });
  const runs: SquaresRun[] = [];
  for (const strategy of resolved.strategies) runs.push(await runOnce(strategy, resolved, database));
  return { options: resolved, runs };
}

async function runOnce(
  strategy: SquaresStrategy,
  { calls, onCall, onProgress, signal }: ResolvedSquaresOptions,
  database: LabDatabase,
): Promise<SquaresRun> {
  await using session = new Session({ limit: calls });
  const values = Array.from({ length: calls }, (_, value) => value);
  let returnedAtMs = 0;
  let done = 0;
  const advance = () => onProgress?.({ strategy: strategy.name, done: ++done, items: calls });
  let squares: readonly number[] = [];
  const run = await runStrategy({
    strategy: strategy.name,
    items: calls,
    signal,
    serverCpuMs: () => database.cpuMs(),
    work: (trace) =>
      function* () {
        const started = () => {
          returnedAtMs = trace.now();
        };
        const { address } = database;
        const work = createSquareCalls({ session, address, trace, onCall, advance });
        squares = yield* strategy.run({ ...work, values, started });
      },
  });
  return { ...run, squares, returnedMs: returnedAtMs - run.startMs };
}
