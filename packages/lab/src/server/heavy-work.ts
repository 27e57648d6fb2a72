import { type Coroutine, checkpoint } from "@overlap/loop";
import { hashText } from "../hash/hash-text.ts";

/** bcrypt's cost of one step: some 15 ms, well below the time after which others should get a turn. */
const difficulty = 8;

/** Computes so many steps and lets nobody else run on its thread. */
export function compute(steps: number): number {
  for (let step = 0; step < steps; step++) computeStep(step);
  return steps;
}

/** Computes the same, and lets others run whenever it has held the loop for `sliceMs`. */
export function* computeInSlices(steps: number, sliceMs: number): Coroutine<number> {
  let sinceMs = performance.now();
  for (let step = 0; step < steps; step++) {
    computeStep(step);
    if (performance.now() - sinceMs < sliceMs) continue;
    yield* checkpoint();
    sinceMs = performance.now();
  }
  return steps;
}

/** How many steps take about `workMs` on this machine, now; at least 1. */
export function stepsFor(workMs: number): number {
  const tries = 4;
  computeStep(0); // the first one loads the module
  const startMs = performance.now();
  compute(tries);
  return Math.max(1, Math.round((workMs * tries) / (performance.now() - startMs)));
}

function computeStep(step: number): void {
  hashText({ text: `step ${step}`, difficulty });
}
