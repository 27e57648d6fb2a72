import { type Coroutine, sleep } from "@overlap/loop";
import { runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../../loop/src/testing/random.ts";
import { type Job, pipeline, range } from "../../src/index.ts";
import { NotSavedError, type Row, storingSink, transactionalSink, World } from "./world.ts";

const items = 14;
const lives = 3;
/** Of each kind of sink. */
const seeds = 5_000;
/** Jobs that die at every step. */
const shapes = 30;

/** What one seed decides: the shape of the job. */
interface Shape {
  readonly byKey: boolean;
  readonly exactlyOnce: boolean;
  readonly batch: number;
  readonly concurrency: number;
  readonly ordered: boolean;
  readonly retries: number;
}

function shapeOf(world: World, exactlyOnce: boolean): Shape {
  return {
    exactlyOnce,
    byKey: world.random() < 0.5,
    batch: world.between(0, 4),
    concurrency: world.between(1, 3),
    ordered: world.random() < 0.5,
    retries: world.between(1, 2),
  };
}

/** Every fourth item is dropped, the others have one to three children. */
const childrenOf = (item: number) => (item % 4 === 3 ? 0 : 1 + (item % 3));
const rowsOf = (item: number) => Array.from({ length: childrenOf(item) }, (_, child) => `${item}/${child}`);
const allRows = Array.from({ length: items }, (_, item) => rowsOf(item)).flat();

function jobOf(world: World, shape: Shape): Job {
  const { byKey, batch, concurrency, ordered, retries, exactlyOnce } = shape;
  const source = byKey
    ? pipeline(
        Array.from({ length: items }, (_, i) => i),
        { key: (i) => `k${i}` },
      )
    : pipeline(range(0, items));
  const children = source
    .map((item) => {
      world.mayDie("the source");
      return item;
    })
    .io(
      "work",
      function* (item) {
        yield* sleep(world.between(0, 4));
        world.step("work");
        return item;
      },
      { concurrency: 3, ordered, retry: { attempts: retries, baseDelayMs: 1, random: world.random } },
    )
    .flatMap((item) => rowsOf(item).map((_, child): Row => ({ item, child })));
  const sink = exactlyOnce ? transactionalSink(world) : storingSink(world);
  const options = {
    journal: "in-sink",
    concurrency,
    maxFailures: Number.POSITIVE_INFINITY,
    retry: { attempts: retries, baseDelayMs: 1, random: world.random },
  };
  return batch === 0
    ? children.to(sink, options)
    : children.batch({ items: batch, withinMs: 3 }).to(sink, options);
}

/** How long a life lasts, and how much goes wrong in it. */
interface Life {
  readonly faults: number;
  readonly steps: number;
}

/** Runs the job through these lives, and then once more without crashes and faults. */
function* liveThrough(world: World, shape: Shape, crashes: readonly Life[]): Coroutine<void> {
  for (const life of crashes) yield* runOnce(world, shape, life);
  yield* runOnce(world, shape, { faults: 0, steps: Number.POSITIVE_INFINITY });
}

function* runOnce(world: World, shape: Shape, { faults, steps }: Life): Coroutine<void> {
  const crash = new AbortController();
  world.faults = faults;
  world.boot(steps, () => crash.abort(new Error("the machine is dead")));
  try {
    yield* jobOf(world, shape).run({ resume: true, signal: crash.signal });
  } catch (error) {
    if (error instanceof NotSavedError || steps === Number.POSITIVE_INFINITY) throw error;
  }
}

/** Gives how often the machine died, in lives that the seed decides unless they are given. */
function simulate(seed: number, exactlyOnce: boolean, given?: readonly Life[]): number {
  const world = new World(createRandom(seed));
  world.journal.rowsOf = rowsOf;
  const shape = shapeOf(world, exactlyOnce);
  world.losesAnswers = given === undefined && seed % 2 === 0;
  const crashes =
    given ?? Array.from({ length: lives }, () => ({ faults: 0.05, steps: world.between(1, 90) }));
  runVirtualSync(() => liveThrough(world, shape, crashes), { seed });
  expect(new Set(world.saved.keys())).toEqual(new Set(allRows));
  expect(world.journal.leftovers).toBe(0);
  const copies = [...world.saved.values()].reduce((sum, count) => sum + count, 0);
  expect(copies - allRows.length).toBeLessThanOrEqual(mostRepetitions(world, shape));
  return world.crashes;
}

/** Each time that a run ends early, what was in flight may be repeated; without bound only what the sink has lost the answer for. */
function mostRepetitions({ losesAnswers }: World, { exactlyOnce, concurrency, batch }: Shape): number {
  if (exactlyOnce) return 0;
  return losesAnswers ? Number.POSITIVE_INFINITY : lives * concurrency * Math.max(1, batch);
}

describe("the delivery of a job that crashes and is resumed", () => {
  it.each([
    ["at least once, with a journal of its own", false],
    ["exactly once, with the journal in the sink", true],
  ])("is %s, whatever fails and whenever it dies", { timeout: 300_000 }, (_, exactlyOnce) => {
    let crashes = 0;
    const from = exactlyOnce ? seeds : 0;
    for (let seed = from; seed < from + seeds; seed++) {
      try {
        crashes += simulate(seed, exactlyOnce);
      } catch (error) {
        throw new Error(`with seed ${seed}: ${String(error)}`, { cause: error });
      }
    }
    expect(crashes).toBeGreaterThan(seeds);
  });

  it("is so wherever it dies, step by step", { timeout: 300_000 }, () => {
    let crashes = 0;
    for (let seed = 0; seed < shapes; seed++) {
      for (let steps = 1; ; steps++) {
        const life = [{ faults: 0, steps }];
        const died = simulate(seed, seed % 2 === 0, life);
        crashes += died;
        if (died === 0) break;
      }
    }
    expect(crashes).toBeGreaterThan(50 * shapes);
  });
});
