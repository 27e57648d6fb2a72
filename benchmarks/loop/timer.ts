import { checkpoint, run, sleep, taskGroup } from "@overlap/loop";
import { Effect } from "effect";
import type { Measure, Target } from "./rounds.ts";

/** For `await null`; the linter knows better when it sees the type. */
const nothing: unknown = null;

const TASKS = 1_000;
const DELAY_MS = 5;
/** When those stop spinning who never let a timer fire. */
const LIMIT_MS = 100;

/** What spinning tasks look at. */
class Spin {
  readonly #startMs = performance.now();
  firedMs = 0;

  get goesOn(): boolean {
    return this.firedMs === 0 && performance.now() - this.#startMs < LIMIT_MS;
  }

  fire(): void {
    this.firedMs = performance.now() - this.#startMs;
  }
}

function* spinTask(spin: Spin) {
  while (spin.goesOn) yield* checkpoint();
}

async function spinNatively(spin: Spin): Promise<void> {
  while (spin.goesOn) await nothing;
}

const spinInEffect = (spin: Spin) =>
  Effect.gen(function* () {
    while (spin.goesOn) yield* Effect.yieldNow;
  });

interface Spinner {
  readonly name: string;
  /** Sets the timer and lets the tasks spin until it has fired. */
  run(spin: Spin): Promise<unknown>;
}

const spinners: readonly Spinner[] = [
  {
    name: "Overlap, sleep",
    run: (spin) =>
      run(function* () {
        yield* taskGroup(function* (group) {
          for (let i = 0; i < TASKS; i++) group.spawn(spinTask, spin);
          yield* sleep(DELAY_MS);
          spin.fire();
        });
      }),
  },
  {
    name: "Overlap, setTimeout",
    run: (spin) =>
      run(function* () {
        yield* taskGroup(function* (group) {
          for (let i = 0; i < TASKS; i++) group.spawn(spinTask, spin);
          setTimeout(() => spin.fire(), DELAY_MS);
        });
      }),
  },
  {
    name: `native await, setTimeout (they stop at ${LIMIT_MS} ms)`,
    async run(spin) {
      const fired = new Promise<void>((resolve) => {
        setTimeout(() => {
          spin.fire();
          resolve();
        }, DELAY_MS);
      });
      for (let i = 0; i < TASKS; i++) void spinNatively(spin);
      await fired;
    },
  },
  {
    name: "Effect, sleep",
    run: (spin) =>
      Effect.runPromise(
        Effect.gen(function* () {
          for (let i = 0; i < TASKS; i++) yield* Effect.forkChild(spinInEffect(spin));
          yield* Effect.sleep(DELAY_MS);
          spin.fire();
        }),
      ),
  },
];

/** When a timer of 5 ms fires while a thousand tasks do nothing but let each other run. */
export const timers: Measure = {
  title: `a timer of ${DELAY_MS} ms while ${TASKS} tasks spin`,
  unit: "ms",
  rounds: 20,
  contenders: spinners.map((spinner) => ({
    name: spinner.name,
    async sample() {
      const spin = new Spin();
      await spinner.run(spin);
      return spin.firedMs;
    },
  })),
  targets: ["Overlap, sleep", "Overlap, setTimeout"].map(
    (contender): Target => ({ contender, statistic: "max", atMost: 10 }),
  ),
};
