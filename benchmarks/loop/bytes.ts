import { Event, run, type TaskGroup, taskGroup } from "@overlap/loop";
import { Effect, Latch } from "effect";
import * as effection from "effection";
import type { Measure } from "./rounds.ts";

const TASKS = 100_000;
/** Of slow peers. */
const FEWER_TASKS = 10_000;

/** Starts `count` tasks that wait for one event; gives what lets them end. */
type Hold = (count: number) => Promise<() => Promise<unknown>>;

function* waitFor(event: Event) {
  yield* event.wait();
}

async function waitNatively(gate: Promise<void>): Promise<void> {
  await gate;
}

const holds: Readonly<Record<string, Hold>> = {
  "native, one function": async (count) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    for (let i = 0; i < count; i++) void waitNatively(promise);
    return async () => resolve();
  },
  "native, a closure each": async (count) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    for (let i = 0; i < count; i++) {
      void (async () => {
        await promise;
        return i;
      })();
    }
    return async () => resolve();
  },
  "Overlap, one function": (count) =>
    holdTasks(count, (event, group) => {
      for (let i = 0; i < count; i++) group.spawn(waitFor, event);
    }),
  "Overlap, a closure each": (count) =>
    holdTasks(count, (event, group) => {
      for (let i = 0; i < count; i++) {
        group.spawn(function* () {
          yield* event.wait();
          return i;
        });
      }
    }),
  Effect: async (count) => {
    const latch = Latch.makeUnsafe(false);
    let waiting = 0;
    const wait = Effect.gen(function* () {
      waiting++;
      yield* latch.await;
    });
    const ended = Effect.runPromise(
      Effect.gen(function* () {
        for (let i = 0; i < count; i++) yield* Effect.forkChild(wait);
        yield* latch.await;
      }),
    );
    while (waiting < count) await turn();
    return () => {
      latch.openUnsafe();
      return ended;
    };
  },
  Effection: async (count) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const gate = effection.withResolvers<void>();
    let waiting = 0;
    function* wait(): effection.Operation<void> {
      waiting++;
      yield* gate.operation;
    }
    const ended = effection.run(function* () {
      for (let i = 0; i < count; i++) void (yield* effection.spawn(wait));
      yield* effection.until(promise);
      gate.resolve();
    });
    while (waiting < count) await turn();
    return async () => {
      resolve();
      await ended;
    };
  },
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function holdTasks(
  count: number,
  spawnAll: (event: Event, group: TaskGroup) => void,
): Promise<() => Promise<unknown>> {
  const event = new Event();
  const ended = run(function* () {
    yield* taskGroup(function* (group) {
      spawnAll(event, group);
    });
  });
  while (event.waiting < count) await turn();
  return () => {
    event.set();
    return ended;
  };
}

/** Heap bytes a waiting task holds, in this process, which must be a fresh one with `--expose-gc`. */
async function bytesEach(hold: Hold, count: number): Promise<number> {
  await (await hold(1_000))();
  const before = await heapUsed();
  const release = await hold(count);
  const held = (await heapUsed()) - before;
  await release();
  return held / count;
}

async function heapUsed(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed;
}

/** A hundred thousand tasks that wait for one event. */
export const bytes: Measure = {
  title: `bytes per suspended task (${TASKS})`,
  unit: "B",
  rounds: 10,
  warmUps: 0,
  isFresh: true,
  contenders: Object.entries(holds).map(([name, hold]) => ({
    name,
    sample: () => bytesEach(hold, name === "Effection" ? FEWER_TASKS : TASKS),
  })),
  targets: [
    {
      contender: "Overlap, one function",
      statistic: "ratio",
      atMost: 1,
      baseline: "native, one function",
    },
  ],
};
