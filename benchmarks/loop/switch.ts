import { checkpoint, Event, gather, Queue, run, Semaphore, sleep, taskGroup, timeout } from "@overlap/loop";
import { Effect } from "effect";
import * as effection from "effection";
import { type Contender, type Measure, type Target, timed } from "./rounds.ts";

/** For `await null`; the linter knows better when it sees the type. */
const nothing: unknown = null;

const TASKS = 1_000;
const TURNS = 200;
/** Of slow peers. */
const FEWER_TURNS = 20;

function* spin(turns: number) {
  for (let i = 0; i < turns; i++) yield* checkpoint();
}

async function spinNatively(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await nothing;
}

function* spinBare(turns: number): Generator<undefined, void> {
  for (let i = 0; i < turns; i++) yield;
}

const yields: Iterable<undefined> = { [Symbol.iterator]: () => yieldOnce };
let asked = false;
const waiting: IteratorResult<undefined> = { done: false, value: undefined };
const over: IteratorResult<undefined> = { done: true, value: undefined };
const yieldOnce: Iterator<undefined> = {
  next() {
    asked = !asked;
    return asked ? waiting : over;
  },
};

/** What no scheduler that waits with `yield*` can go below. */
function* spinDelegating(turns: number): Generator<undefined, void> {
  for (let i = 0; i < turns; i++) yield* yields;
}

function drain(start: (turns: number) => Generator<undefined, void>): void {
  let ready = Array.from({ length: TASKS }, () => start(TURNS));
  let next: Generator<undefined, void>[] = [];
  while (ready.length > 0) {
    for (const task of ready) if (task.next().done !== true) next.push(task);
    [ready, next] = [next, ready];
    next.length = 0;
  }
}

const spinInEffect = Effect.gen(function* () {
  for (let i = 0; i < FEWER_TURNS; i++) yield* Effect.yieldNow;
});

const settled = Promise.resolve();

function* spinInEffection(): effection.Operation<void> {
  for (let i = 0; i < FEWER_TURNS; i++) yield* effection.until(settled);
}

const native = timed("native await", TASKS * TURNS, () =>
  Promise.all(Array.from({ length: TASKS }, () => spinNatively(TURNS))),
);

const overlap = timed("Overlap", TASKS * TURNS, () =>
  run(function* () {
    yield* taskGroup(function* (group) {
      for (let i = 0; i < TASKS; i++) group.spawn(spin, TURNS);
    });
  }),
);

const effect = timed("Effect", TASKS * FEWER_TURNS, () =>
  Effect.runPromise(
    Effect.all(
      Array.from({ length: TASKS }, () => spinInEffect),
      { concurrency: "unbounded" },
    ),
  ),
);

const inEffection = timed("Effection", TASKS * FEWER_TURNS, () =>
  effection.run(() => effection.all(Array.from({ length: TASKS }, () => spinInEffection()))),
);

const targets: readonly Target[] = [
  { contender: "Overlap", statistic: "ratio", atMost: 0.7, baseline: "native await" },
];

/** A thousand tasks, each of which lets the others run two hundred times. */
export const switches: Measure = {
  title: `switch (${TASKS} tasks × ${TURNS} turns)`,
  unit: "ns",
  targets,
  contenders: [
    native,
    overlap,
    timed("bare generators, yield", TASKS * TURNS, async () => drain(spinBare)),
    timed("bare generators, yield*", TASKS * TURNS, async () => drain(spinDelegating)),
    effect,
    inEffection,
  ],
};

/** The same in a process where every kind of wait has been in use, as in a real program. */
export const switchesAfterUse: Measure = {
  title: "switch, after all kinds of waits were in use",
  unit: "ns",
  targets,
  contenders: [native, overlap].map(
    ({ name, sample }): Contender => ({
      name,
      async sample() {
        for (; uses < 200; uses++) await run(useEverything);
        return sample();
      },
    }),
  ),
};

let uses = 0;

function* useEverything() {
  const limit = new Semaphore(2);
  const queue = new Queue<number>({ maxSize: 2 });
  const event = new Event();
  function* use(i: number) {
    using _permit = yield* limit.acquire();
    yield* timeout(1_000, event.wait());
    yield* checkpoint();
    yield* queue.put(i);
  }
  yield* taskGroup(function* (group) {
    for (let i = 0; i < 10; i++) group.spawn(use, i);
    const gathered = gather([sleep(0), Promise.resolve(1)]);
    yield* sleep(0.01);
    event.set();
    for (let i = 0; i < 10; i++) yield* queue.get();
    yield* gathered;
  });
}
