import { ExplorationError, expectPositiveInteger } from "../errors.ts";
import type { TaskFunction } from "../start.ts";
import { runVirtual } from "./run-virtual.ts";

/** Options of `explore`. */
export interface ExploreOptions {
  /** How many orders to try; an integer of at least 1. @default 1000 */
  readonly seeds?: number;
  /** The first seed; the others count up from it. @default 0 */
  readonly firstSeed?: number;
}

/**
 * Runs `main` in virtual time once for each seed, so in as many orders of its tasks. `main` must make all its state itself and
 * throw when an invariant is broken. Stops at the first seed that fails and prints it.
 *
 * @throws ExplorationError with the seed and, as `cause`, what `main` threw; `runVirtual(main, { seed })` replays it.
 * @example
 * await explore(function* () {
 *   const limit = new Semaphore(2);
 *   yield* taskGroup(function* (group) {
 *     for (let i = 0; i < 10; i++) group.spawn(worker, limit);
 *   });
 *   expect(limit.free).toBe(2);
 * }, { seeds: 1_000 });
 */
export async function explore(
  main: TaskFunction<unknown>,
  { seeds = 1_000, firstSeed = 0 }: ExploreOptions = {},
): Promise<void> {
  expectPositiveInteger("seeds", seeds);
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) await trySeed(main, seed);
}

async function trySeed(main: TaskFunction<unknown>, seed: number): Promise<void> {
  try {
    await runVirtual(main, { seed });
  } catch (error) {
    const failure = new ExplorationError(seed, error);
    // biome-ignore lint/suspicious/noConsole: the seed must be seen whoever catches the error
    console.error(`overlap: ${failure.message}`);
    throw failure;
  }
}
