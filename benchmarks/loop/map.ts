import { each, mapUnordered, run } from "@overlap/loop";
import { Effect, Stream } from "effect";
import pLimit from "p-limit";
import pMap, { pMapIterable } from "p-map";
import { type Contender, type Measure, type Target, timed } from "./rounds.ts";

const ITEMS = 1_000_000;
/** Of slow peers, and of those that hold all results. */
const FEWER_ITEMS = 100_000;
const concurrency = 100;

function* count(items: number): Generator<number, void> {
  for (let i = 0; i < items; i++) yield i;
}

async function increment(n: number): Promise<number> {
  return n + 1;
}

function* incrementInCoroutine(n: number) {
  return n + 1;
}

async function sumOf(numbers: AsyncIterable<number>): Promise<number> {
  let sum = 0;
  for await (const n of numbers) sum += n;
  return sum;
}

/** Every way must have seen every item. */
function checked(name: string, items: number, sum: () => Promise<number>): Contender {
  const expected = (items * (items + 1)) / 2;
  return timed(name, items, async () => {
    const got = await sum();
    if (got !== expected) throw new Error(`${name} came to ${got} instead of ${expected}`);
  });
}

const add = (sum: number, n: number) => sum + n;

const mapped = checked("Overlap, async function", ITEMS, () =>
  sumOf(mapUnordered(count(ITEMS), increment, { concurrency })),
);

const contenders: readonly Contender[] = [
  checked("pMap (an array)", ITEMS, async () =>
    (await pMap(count(ITEMS), increment, { concurrency })).reduce(add, 0),
  ),
  mapped,
  checked("Overlap, coroutine function", ITEMS, () =>
    sumOf(mapUnordered(count(ITEMS), incrementInCoroutine, { concurrency })),
  ),
  checked("Overlap, coroutine function and each", ITEMS, () =>
    run(function* () {
      let sum = 0;
      yield* each(mapUnordered(count(ITEMS), incrementInCoroutine, { concurrency }), function* (n) {
        sum += n;
      });
      return sum;
    }),
  ),
  checked("pMapIterable", FEWER_ITEMS, () =>
    sumOf(pMapIterable(count(FEWER_ITEMS), increment, { concurrency })),
  ),
  checked("p-limit (an array)", FEWER_ITEMS, async () =>
    (await pLimit(concurrency).map(count(FEWER_ITEMS), increment)).reduce(add, 0),
  ),
  checked("Effect.forEach (an array)", FEWER_ITEMS, async () =>
    (
      await Effect.runPromise(
        Effect.forEach(count(FEWER_ITEMS), (n) => Effect.promise(() => increment(n)), { concurrency }),
      )
    ).reduce(add, 0),
  ),
  checked("Effect Stream, unordered", FEWER_ITEMS, () =>
    Effect.runPromise(
      Stream.fromIterable(count(FEWER_ITEMS)).pipe(
        Stream.mapEffect((n) => Effect.promise(() => increment(n)), { concurrency, unordered: true }),
        Stream.runFold(() => 0, add),
      ),
    ),
  ),
];

const baselines = ["pMap (an array)", "pMapIterable"];

/** A million trivial calls, a hundred at once. */
export const maps: Measure = {
  title: `map of ${ITEMS} trivial async items at ${concurrency}`,
  unit: "ns",
  rounds: 10,
  warmUps: 1,
  contenders,
  targets: ["Overlap, async function", "Overlap, coroutine function"].flatMap((contender) =>
    baselines.map((baseline): Target => ({ contender, statistic: "ratio", atMost: 0.7, baseline })),
  ),
};

/** How much more the heap holds near the end of a million items than near their beginning. */
export const mapGrowth: Measure = {
  title: `heap growth over those ${ITEMS} items`,
  unit: "kB",
  rounds: 10,
  warmUps: 1,
  contenders: [
    growth("Overlap", () => sumOf(mapUnordered(watched(), increment, { concurrency }))),
    growth("pMap (an array)", () => pMap(watched(), increment, { concurrency })),
    growth("pMapIterable", () => sumOf(pMapIterable(watched(), increment, { concurrency }))),
  ],
  targets: [{ contender: "Overlap", statistic: "max", atMost: 100 }],
};

function growth(name: string, map: () => Promise<unknown>): Contender {
  return {
    name,
    async sample() {
      heapKb.length = 0;
      await map();
      return (heapKb.at(-1) ?? Number.NaN) - (heapKb[0] ?? Number.NaN);
    },
  };
}

const heapKb: number[] = [];

/** The numbers, with a look at the collected heap after a tenth and after nine tenths of them. */
function* watched(): Generator<number, void> {
  for (let i = 0; i < ITEMS; i++) {
    if (i === ITEMS / 10 || i === (ITEMS / 10) * 9) {
      globalThis.gc?.();
      heapKb.push(process.memoryUsage().heapUsed / 1_000);
    }
    yield i;
  }
}
