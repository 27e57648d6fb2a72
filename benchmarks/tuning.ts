import { type Cost, measureCost } from "./tuning/cost.ts";
import { measureReal, type RealResult } from "./tuning/real.ts";
import { type SimulatedResult, simulateAll } from "./tuning/simulated.ts";

const seeds = 16;

/**
 * Self-tuning: on every simulated server against Gradient2, ARC and the best fixed limit, the worst of 16 seeds; what it costs for each
 * request; and on three real servers against a sweep of fixed limits in the same run.
 */
export async function bench(): Promise<void> {
  printCost(await measureCost());
  printSimulated([...simulateAll(seeds)]);
  console.log(
    "\nreal servers, successes per second in the second half; target: within 8 % of the best fixed level\n",
  );
  for await (const result of measureReal()) printReal(result);
}

function printCost({ fixedUs, autoUs, requestUs }: Cost): void {
  const share = (100 * (autoUs - fixedUs)) / requestUs;
  console.log(
    `a slot taken and given back: fixed ${fixedUs.toFixed(3)} µs, self-tuning ${autoUs.toFixed(3)} µs`,
  );
  console.log(
    `self-tuning is ${share.toFixed(2)} % of the ${requestUs.toFixed(1)} µs of a small GET; target: at most 2 %\n`,
  );
}

function printSimulated(results: readonly SimulatedResult[]): void {
  console.log(
    `simulated servers: second half's throughput, of the best fixed limit's; the worst of ${seeds} seeds. In brackets:`,
  );
  console.log(
    "limit, of the smallest that reaches 98 %; round trips until 90 % is reached; refused after the start\n",
  );
  for (const [server, of] of Map.groupBy(results, (result) => result.server)) {
    const [{ bestPerSecond, bestLimit }] = of as [SimulatedResult]; // a group is never empty
    const best = `${bestPerSecond.toFixed(0)}/s at ${bestLimit}`;
    console.log(`${server.padEnd(16)} ${best.padStart(14)}  ${of.map(describe).join("  ")}`.trimEnd());
  }
}

function describe({ contender, worst }: SimulatedResult): string {
  const { late, limit, reachedAfter, refused } = worst;
  const reached = Number.isFinite(reachedAfter) ? reachedAfter.toFixed(0) : "never";
  const detail = `${limit.toFixed(2)} ×, ${reached}, ${(refused * 100).toFixed(1)} %`;
  return `${contender} ${(late * 100).toFixed(0).padStart(3)} % (${detail})`.padEnd(38);
}

function printReal({
  server,
  perSecond,
  limit,
  refusedPerSecond,
  bestPerSecond,
  bestLevel,
}: RealResult): void {
  const tuned = `${perSecond.toFixed(0)}/s at ${limit}, ${refusedPerSecond.toFixed(1)}/s refused`;
  const best = `best fixed ${bestPerSecond.toFixed(0)}/s at ${bestLevel}`;
  console.log(
    `${server.padEnd(20)} ${tuned.padEnd(36)} ${best.padEnd(30)} ${((100 * perSecond) / bestPerSecond).toFixed(0)} %`,
  );
}
