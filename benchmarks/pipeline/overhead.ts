import { pipeline, range } from "@overlap/pipeline";
import { Trace } from "@overlap/trace";
import pMap from "p-map";
import PQueue from "p-queue";
import { type Contender, type Measure, timed } from "../loop/rounds.ts";

const items = 100_000;
/** Of slow peers. */
const fewerItems = 20_000;
const concurrency = 100;

async function increment(n: number): Promise<number> {
  return n + 1;
}

function* count(to: number): Generator<number, void> {
  for (let i = 0; i < to; i++) yield i;
}

/** So many workers that take from one iterator: what one writes without a library. */
async function plainLoop(to: number): Promise<number> {
  const numbers = count(to);
  let sum = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const n of numbers) {
        const result = await increment(n);
        sum += result; // not before the await: others add meanwhile
      }
    }),
  );
  return sum;
}

/** A queue that is not filled further than need be. */
async function queued(to: number): Promise<number> {
  const queue = new PQueue({ concurrency });
  let sum = 0;
  const add = async (n: number) => {
    const result = await increment(n);
    sum += result;
  };
  for (const n of count(to)) {
    await queue.onSizeLessThan(concurrency);
    void queue.add(() => add(n));
  }
  await queue.onIdle();
  return sum;
}

/** Items through so many stages, of which the last one is the sink. */
async function stages(to: number, number: number, trace: Trace | null): Promise<number> {
  let sum = 0;
  let plan = pipeline(range(0, to));
  for (let stage = 1; stage < number; stage++) plan = plan.io(`stage ${stage}`, increment, { concurrency });
  const job = plan.to(
    async (n) => {
      sum += n;
    },
    { concurrency },
  );
  await job.run(trace === null ? {} : { trace });
  return sum;
}

/** Every way must have seen every item. Figures are for each item and call. */
function checked(name: string, to: number, calls: number, run: () => Promise<number>, added = to): Contender {
  const expected = (to * (to - 1)) / 2 + added;
  return timed(name, to * calls, async () => {
    const sum = await run();
    if (sum !== expected) throw new Error(`${name} came to ${sum} instead of ${expected}`);
  });
}

const sumOf = async (numbers: Promise<readonly number[]>) => (await numbers).reduce((sum, n) => sum + n, 0);
const pMapName = "p-map (an array)";
const traced = "Overlap, an io stage and the sink, trace on";

/** What an item costs in each stage where the work is trivial. */
export const overheads: Measure = {
  title: `overhead per item and stage, ${items} trivial async items, ${concurrency} in flight`,
  unit: "ns",
  rounds: 6,
  warmUps: 1,
  contenders: [
    checked(pMapName, items, 1, () => sumOf(pMap(count(items), increment, { concurrency }))),
    checked("plain async loop", items, 1, () => plainLoop(items)),
    checked("p-queue", fewerItems, 1, () => queued(fewerItems)),
    checked(traced, items, 2, () => stages(items, 2, new Trace())),
    checked("Overlap, the same, trace off", items, 2, () => stages(items, 2, null)),
    checked(
      "Overlap, four io stages and the sink, trace on",
      items,
      5,
      () => stages(items, 5, new Trace()),
      items * 4,
    ),
    checked("Overlap, the same four, trace off", items, 5, () => stages(items, 5, null), items * 4),
  ],
  targets: [{ contender: traced, statistic: "ratio", atMost: 2, baseline: pMapName }],
};
