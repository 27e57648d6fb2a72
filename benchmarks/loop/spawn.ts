import { type Coroutine, checkpoint, gather, run, type Task, taskGroup } from "@overlap/loop";
import { Effect, Fiber } from "effect";
import * as effection from "effection";
import { type Contender, type Measure, type Target, timed } from "./rounds.ts";

/** For `await null`; the linter knows better when it sees the type. */
const nothing: unknown = null;

const TASKS = 100_000;
/** Of slow peers. */
const FEWER_TASKS = 10_000;

function* give(i: number): Coroutine<number> {
  return i;
}

async function giveNatively(i: number): Promise<number> {
  return i;
}

function* giveLater(i: number): Coroutine<number> {
  yield* checkpoint();
  return i;
}

async function giveLaterNatively(i: number): Promise<number> {
  await nothing;
  return i;
}

const giveInEffect = (i: number) =>
  Effect.gen(function* () {
    return i;
  });

function awaitEach(name: string, give: (i: number) => Promise<number>): Contender {
  return timed(name, TASKS, async () => {
    const promises: Promise<number>[] = [];
    for (let i = 0; i < TASKS; i++) promises.push(give(i));
    let sum = 0;
    for (const promise of promises) sum += await promise;
    return sum;
  });
}

const native = awaitEach("native, await each", giveNatively);
const nativeLater = awaitEach("native, await each, a turn in between", giveLaterNatively);

const nativeAll = timed("native, Promise.all", TASKS, () => {
  const promises: Promise<number>[] = [];
  for (let i = 0; i < TASKS; i++) promises.push(giveNatively(i));
  return Promise.all(promises);
});

function joinEach(name: string, give: (i: number) => Coroutine<number>): Contender {
  return timed(name, TASKS, () =>
    run(function* () {
      return yield* taskGroup(function* (group) {
        const tasks: Task<number>[] = [];
        for (let i = 0; i < TASKS; i++) tasks.push(group.spawn(give, i));
        let sum = 0;
        for (const task of tasks) sum += yield* task;
        return sum;
      });
    }),
  );
}

const overlap = joinEach("Overlap, yield* each", give);
const overlapLater = joinEach("Overlap, yield* each, a turn in between", giveLater);

const overlapGroup = timed("Overlap, end of the group", TASKS, () =>
  run(function* () {
    yield* taskGroup(function* (group) {
      for (let i = 0; i < TASKS; i++) group.spawn(give, i);
    });
  }),
);

const overlapGather = timed("Overlap, gather", TASKS, () =>
  run(function* () {
    return yield* taskGroup(function* (group) {
      const tasks: Task<number>[] = [];
      for (let i = 0; i < TASKS; i++) tasks.push(group.spawn(give, i));
      return yield* gather(tasks);
    });
  }),
);

const effect = timed("Effect", FEWER_TASKS, () =>
  Effect.runPromise(
    Effect.gen(function* () {
      const fibers: Fiber.Fiber<number>[] = [];
      for (let i = 0; i < FEWER_TASKS; i++) fibers.push(yield* Effect.forkChild(giveInEffect(i)));
      let sum = 0;
      for (const fiber of fibers) sum += yield* Fiber.join(fiber);
      return sum;
    }),
  ),
);

const inEffection = timed("Effection", FEWER_TASKS, () =>
  effection.run(function* () {
    const tasks: effection.Task<number>[] = [];
    for (let i = 0; i < FEWER_TASKS; i++) {
      tasks.push(
        yield* effection.spawn(function* () {
          return i;
        }),
      );
    }
    let sum = 0;
    for (const task of tasks) sum += yield* task;
    return sum;
  }),
);

const targets: readonly Target[] = [
  { contender: overlap.name, statistic: "ratio", atMost: 1.5, baseline: native.name },
  { contender: overlapLater.name, statistic: "ratio", atMost: 1.5, baseline: nativeLater.name },
  { contender: overlapGroup.name, statistic: "ratio", atMost: 1.5, baseline: nativeAll.name },
  { contender: overlapGather.name, statistic: "ratio", atMost: 1.5, baseline: nativeAll.name },
];

/** A hundred thousand tasks that return at once, or after one turn: all started, then all waited for. */
export const spawns: Measure = {
  title: `spawn + join (${TASKS})`,
  unit: "ns",
  targets,
  contenders: [
    native,
    nativeLater,
    nativeAll,
    overlap,
    overlapLater,
    overlapGroup,
    overlapGather,
    effect,
    inEffection,
  ],
};
