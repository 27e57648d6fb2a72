import { Event, run, taskGroup } from "@overlap/loop";
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
    holdTasks((event, group) => {
      for (let i = 0; i < count; i++) group.spawn(waitFor, event);
    }),
  "Overlap, a closure each": (count) =>
    holdTasks((event, group) => {
      for (let i = 0; i < count; i++) {
        group.spawn(function* () {
          yield* event.wait();
          return i;
        });
      }
    }),
  Effect: async (count) => {
    const latch = Latch.makeUnsafe(false);
    const wait = Effect.gen(function* () {
      yield* latch.await;
    });
    const ended = Effect.runPromise(
      Effect.gen(function* () {
        for (let i = 0; i < count; i++) yield* Effect.forkChild(wait);
        yield* latch.await;
      }),
    );
    return () => {
      latch.openUnsafe();
      return ended;
    };
  },
  Effection: async (count) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    function* wait(): effection.Operation<void> {
      yield* gate.operation;
    }
    const gate = effection.withResolvers<void>();
    const ended = effection.run(function* () {
      for (let i = 0; i < count; i++) void (yield* effection.spawn(wait));
      opened.resolve();
      yield* effection.until(promise);
      gate.resolve();
    });
    await opened.promise;
    return async () => {
      resolve();
      await ended;
    };
  },
};

type Spawn = Parameters<Parameters<typeof taskGroup>[0]>[0];

async function holdTasks(spawnAll: (event: Event, group: Spawn) => void): Promise<() => Promise<unknown>> {
  const event = new Event();
  const ended = run(function* () {
    yield* taskGroup(function* (group) {
      spawnAll(event, group);
    });
  });
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
