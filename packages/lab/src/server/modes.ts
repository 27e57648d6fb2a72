import { type Coroutine, sleep } from "@overlap/loop";
import { toThread } from "@overlap/loop/node";
import type { StrategyInfo } from "../choose-strategies.ts";
import { compute, computeInSlices } from "./heavy-work.ts";

const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const workModule = new URL(`./heavy-work${ending}`, import.meta.url);

/** How much a heavy request asks for. */
export interface HeavyWork {
  /** Steps to compute. */
  readonly steps: number;
  /** What they take, which is also how long a request waits that computes nothing. */
  readonly heavyMs: number;
  /** How long the cooperative one holds the loop at a stretch. */
  readonly sliceMs: number;
}

/** A way of answering a heavy request. */
export interface ServerMode extends StrategyInfo {
  /** Whether it computes meanwhile. */
  readonly computes: boolean;
  /** What the handler does. */
  answer(work: HeavyWork): Coroutine<number>;
}

/** The ways of answering a heavy request. */
export const serverModes: readonly ServerMode[] = [
  {
    name: "waiting",
    description: "a heavy request computes nothing and only waits, as for another server",
    computes: false,
    *answer({ heavyMs }) {
      yield* sleep(heavyMs);
      return 0;
    },
  },
  {
    name: "loop",
    description: "a heavy request computes on the loop, in one go",
    computes: true,
    *answer({ steps }) {
      return compute(steps);
    },
  },
  {
    name: "cooperative",
    description: "a heavy request computes on the loop, and lets others run with checkpoint()",
    computes: true,
    *answer({ steps, sliceMs }) {
      return yield* computeInSlices(steps, sliceMs);
    },
  },
  {
    name: "threads",
    description: "a heavy request computes on a thread",
    computes: true,
    *answer({ steps }) {
      return yield* toThread<typeof compute>(workModule, "compute", steps);
    },
  },
];
