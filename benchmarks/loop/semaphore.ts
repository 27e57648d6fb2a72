import { run, Semaphore } from "@overlap/loop";
import { Effect, Semaphore as EffectSemaphore } from "effect";
import pLimit from "p-limit";
import { type Measure, type Target, timed } from "./rounds.ts";

/** For `await null`; the linter knows better when it sees the type. */
const nothing: unknown = null;

const TIMES = 200_000;
/** Of slow peers. */
const FEWER_TIMES = 50_000;

const native = timed("native await null", TIMES, async () => {
  for (let i = 0; i < TIMES; i++) await nothing;
});

const released = timed("Overlap, acquire and release", TIMES, () =>
  run(function* () {
    const limit = new Semaphore(100);
    for (let i = 0; i < TIMES; i++) {
      const permit = yield* limit.acquire();
      permit.release();
    }
  }),
);

const used = timed("Overlap, using", TIMES, () =>
  run(function* () {
    const limit = new Semaphore(100);
    for (let i = 0; i < TIMES; i++) {
      using _permit = yield* limit.acquire();
    }
  }),
);

const limited = timed("p-limit", FEWER_TIMES, async () => {
  const limit = pLimit(100);
  const nothing = () => undefined;
  for (let i = 0; i < FEWER_TIMES; i++) await limit(nothing);
});

const effect = timed("Effect", FEWER_TIMES, () =>
  Effect.runPromise(
    Effect.gen(function* () {
      const limit = yield* EffectSemaphore.make(100);
      for (let i = 0; i < FEWER_TIMES; i++) yield* limit.withPermit(Effect.void);
    }),
  ),
);

/** A permit that is free is taken and given back. Effection has no semaphore. */
export const permits: Measure = {
  title: "semaphore, uncontended",
  unit: "ns",
  targets: [released, used].map(
    ({ name }): Target => ({ contender: name, statistic: "ratio", atMost: 2, baseline: native.name }),
  ),
  contenders: [native, released, used, limited, effect],
};
