import {
  type Coroutine,
  checkpoint,
  co,
  type Operation,
  run,
  type TaskFunction,
  taskGroup,
} from "@overlap/loop";
import { Effect } from "effect";
import * as effection from "effection";
import { type Measure, timed } from "./rounds.ts";

/** For `await null`; the linter knows better when it sees the type. */
const nothing: unknown = null;

const TASKS = 20;
const TURNS = 1_000;
/** Of slow peers. */
const FEWER_TURNS = 100;
const DEPTH = 50;

function* descend(depth: number): Coroutine<void> {
  if (depth > 1) yield* descend(depth - 1);
  else for (let i = 0; i < TURNS; i++) yield* checkpoint();
}

const descendInFrames: (depth: number) => Operation<void, [number]> = co(function* (
  depth: number,
): Coroutine<void> {
  if (depth > 1) yield* descendInFrames(depth - 1);
  else for (let i = 0; i < TURNS; i++) yield* checkpoint();
});

async function descendNatively(depth: number): Promise<void> {
  if (depth > 1) await descendNatively(depth - 1);
  else for (let i = 0; i < TURNS; i++) await nothing;
}

/** As many delegations as a coroutine has whose innermost wait is a `yield*`. */
function* descendBare(depth: number): Generator<undefined, void> {
  if (depth > 1) yield* descendBare(depth - 1);
  else for (let i = 0; i < TURNS; i++) yield* turns;
}

let asked = false;
const waiting: IteratorResult<undefined> = { done: false, value: undefined };
const over: IteratorResult<undefined> = { done: true, value: undefined };
const oneTurn: Iterator<undefined> = {
  next() {
    asked = !asked;
    return asked ? waiting : over;
  },
};
const turns: Iterable<undefined> = { [Symbol.iterator]: () => oneTurn };

function drainBare(depth: number): void {
  const tasks = Array.from({ length: TASKS }, () => descendBare(depth));
  for (let left = tasks.length; left > 0; ) {
    for (const task of tasks) if (task.next().done === true) left--;
  }
}

function descendInEffect(depth: number): Effect.Effect<void> {
  return Effect.gen(function* () {
    if (depth > 1) yield* descendInEffect(depth - 1);
    else for (let i = 0; i < FEWER_TURNS; i++) yield* Effect.yieldNow;
  });
}

const settled = Promise.resolve();

function* descendInEffection(depth: number): effection.Operation<void> {
  if (depth > 1) yield* descendInEffection(depth - 1);
  else for (let i = 0; i < FEWER_TURNS; i++) yield* effection.until(settled);
}

function runTasks(body: TaskFunction<void, [number]>, depth: number): Promise<void> {
  return run(function* () {
    yield* taskGroup(function* (group) {
      for (let i = 0; i < TASKS; i++) group.spawn(body, depth);
    });
  });
}

const ways: Readonly<Record<string, { readonly turns: number; run(depth: number): Promise<unknown> }>> = {
  "Overlap, co()": { turns: TURNS, run: (depth) => runTasks(descendInFrames, depth) },
  "Overlap, plain yield*": { turns: TURNS, run: (depth) => runTasks(descend, depth) },
  "bare generators, yield*": { turns: TURNS, run: async (depth) => drainBare(depth) },
  "native await": {
    turns: TURNS,
    run: (depth) => Promise.all(Array.from({ length: TASKS }, () => descendNatively(depth))),
  },
  Effect: {
    turns: FEWER_TURNS,
    run: (depth) =>
      Effect.runPromise(
        Effect.all(
          Array.from({ length: TASKS }, () => descendInEffect(depth)),
          { concurrency: "unbounded" },
        ),
      ),
  },
  Effection: {
    turns: FEWER_TURNS,
    run: (depth) =>
      effection.run(() => effection.all(Array.from({ length: TASKS }, () => descendInEffection(depth)))),
  },
};

/** What it costs to resume a task that waits fifty calls deep. */
export const depths: Measure = {
  title: `resume at depth ${DEPTH}`,
  unit: "ns",
  contenders: Object.entries(ways).flatMap(([name, way]) =>
    [1, DEPTH].map((depth) => timed(`${name}, depth ${depth}`, TASKS * way.turns, () => way.run(depth))),
  ),
  targets: [
    {
      contender: `Overlap, co(), depth ${DEPTH}`,
      statistic: "ratio",
      atMost: 2,
      baseline: "Overlap, co(), depth 1",
    },
    {
      contender: `Overlap, plain yield*, depth ${DEPTH}`,
      statistic: "ratio",
      atMost: 1,
      baseline: `bare generators, yield*, depth ${DEPTH}`,
    },
  ],
};
