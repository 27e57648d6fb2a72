import { pipeline, range, threadFunction } from "@overlap/pipeline";
import { Piscina } from "piscina";
import type { Contender, Measure } from "../loop/rounds.ts";
import { burn } from "./burn.ts";
import { ownWallMs, startStopwatch } from "./stopwatch.ts";

const items = 200_000;
/** Of the peer, which takes several times as long. */
const fewerItems = 50_000;
const threads = 2;
const url = new URL("./burn.ts", import.meta.url);
const onThread = threadFunction<typeof import("./burn.ts"), "burn">(url, "burn");

/** Wall time for each item, times the threads, less what other processes had of the cores. */
function timedWall(name: string, number: number, run: () => Promise<unknown>): Contender {
  return {
    name,
    async sample() {
      const stopwatch = startStopwatch();
      await run();
      return (ownWallMs(stopwatch()) * 1_000 * threads) / number;
    },
  };
}

/** The work itself, on one thread, by its CPU time. */
const alone: Contender = {
  name: "the items themselves, CPU time",
  sample: async () => burnAll(fewerItems),
};

/** Microseconds of CPU for each. Not in an async function, in which V8 makes slow code of inlined loops. */
function burnAll(number: number): number {
  const before = process.threadCpuUsage();
  let mixed = 0;
  for (let n = 0; n < number; n++) mixed = (mixed + burn(n)) | 0;
  const { user, system } = process.threadCpuUsage(before);
  return mixed === 0 ? Number.NaN : (user + system) / number;
}

async function runPipeline(): Promise<void> {
  const { delivered } = await pipeline(range(0, items))
    .cpu("burn", onThread, { threads })
    .to(async () => {}, { concurrency: 100 })
    .run();
  if (delivered !== items) throw new Error(`${delivered} of ${items} were delivered`);
}

/** One call for each item, no more in flight than need be. */
async function runPiscina(): Promise<void> {
  await using pool = new Piscina({
    filename: url.href,
    name: "burn",
    minThreads: threads,
    maxThreads: threads,
  });
  let next = 0;
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      while (next < fewerItems) await pool.run(next++);
    }),
  );
}

const overlap = "Overlap, cpu stage, threads started afresh";

/** Many short computations on threads. */
export const chunks: Measure = {
  title: `${items} items of about 20 µs on ${threads} threads, microseconds of a thread for each`,
  unit: "µs",
  rounds: 3,
  warmUps: 0,
  contenders: [
    alone,
    timedWall(overlap, items, runPipeline),
    timedWall("piscina, a call for each item", fewerItems, runPiscina),
  ],
  targets: [{ contender: overlap, statistic: "ratio", atMost: 1.15, baseline: alone.name }],
};
