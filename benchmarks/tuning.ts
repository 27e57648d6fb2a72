import { type SimulatedResult, simulateAll } from "./tuning/simulated.ts";

const seeds = 16;

/**
 * Self-tuning: on simulated servers against Gradient2, ARC and the best fixed limit, the worst of 16 seeds.
 */
export async function bench(): Promise<void> {
  printSimulated([...simulateAll(seeds)]);
}

function printSimulated(results: readonly SimulatedResult[]): void {
  console.log(
    `late throughput of the best fixed limit, the worst of ${seeds} seeds; in brackets: limit of the smallest that`,
  );
  console.log("reaches 98 %, round trips until 90 %, refused after the start\n");
  const servers = [...new Set(results.map(({ server }) => server))];
  for (const server of servers) {
    const of = results.filter((result) => result.server === server);
    const [first] = of;
    if (first === undefined) continue;
    const best = `${first.bestPerSecond.toFixed(0)}/s at ${first.bestLimit}`;
    console.log(`${server.padEnd(16)} ${best.padStart(13)}  ${of.map(describe).join("  ")}`);
  }
}

function describe({ contender, worst: { late, limit, reachedAfter, refused } }: SimulatedResult): string {
  const reached = Number.isFinite(reachedAfter) ? `${reachedAfter.toFixed(0)} rt` : "never";
  const detail = `${limit.toFixed(2)} ×, ${reached}, ${(refused * 100).toFixed(1)} %`;
  return `${contender} ${(late * 100).toFixed(0).padStart(3)} % (${detail})`.padEnd(42);
}
