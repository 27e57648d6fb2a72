import { type Random, seededRandom } from "./database/random.ts";

/** The runs of one strategy; there is at least one. */
export type Runs<R> = readonly [R, ...R[]];

/** How often to run everything, and in which order. */
interface Repetition {
  readonly repeat: number;
  readonly seed: number;
}

/**
 * Runs every strategy once in each of `repeat` blocks, after a warm-up that does not count when there are several, so that a machine that gets slower slows all of them. A single block
 * keeps the experiment's order; more are shuffled by the seed. Gives the runs of each strategy, in the order of `strategies`.
 */
export async function runInterleaved<S, R>(
  strategies: readonly S[],
  { repeat, seed }: Repetition,
  runOnce: (strategy: S) => Promise<R>,
): Promise<Runs<R>[]> {
  const runs = strategies.map((): R[] => []);
  if (repeat > 1) for (const strategy of strategies) await runOnce(strategy); // a warm-up that does not count
  const random = seededRandom(seed, "order");
  for (let block = 0; block < repeat; block++) {
    const order = [...strategies.keys()];
    for (const index of repeat === 1 ? order : shuffle(order, random)) {
      runs[index]?.push(await runOnce(strategies[index] as S)); // index is one of strategies' own
    }
  }
  return runs as [R, ...R[]][]; // repeat is at least 1
}

/** Fisher and Yates's shuffle. */
function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T]; // both are within the array
  }
  return shuffled;
}

/** The run in the middle by this measure; of two, the slower. */
export function medianRun<R>(runs: Runs<R>, measure: (run: R) => number): R {
  const sorted = runs.toSorted((a, b) => measure(a) - measure(b));
  return sorted[Math.floor(runs.length / 2)] as R; // there is at least one
}
