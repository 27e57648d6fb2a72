import { ending } from "../engine/item.ts";
import type { StageSpec } from "../engine/stage.ts";
import { isThenable } from "../engine/stage-call.ts";
import { PipelineOptionError } from "../errors.ts";
import { stepStage } from "./step-flow.ts";

/** Options of `.map()`, `.filter()` and `.flatMap()`. */
export interface StepOptions {
  /** What the stage is called in summaries, errors and the journal. @default "map", "filter" or "flatMap" */
  readonly name?: string;
}

/** A stage that replaces each item by what a function makes of it. */
export function mapStage<T, R>(name: string, fn: (item: T) => R): StageSpec {
  return stepStage(name, "map", () => (item) => {
    item.value = atOnce(name, fn(item.value as T));
    return true;
  });
}

/** A stage that drops the items a function says no to. */
export function filterStage<T>(name: string, fn: (item: T) => unknown): StageSpec {
  return stepStage(name, "filter", () => (item) => {
    if (atOnce(name, fn(item.value as T))) return true;
    item.end(ending.dropped);
    return false;
  });
}

function atOnce<R>(name: string, result: R): R {
  if (!isThenable(result)) return result;
  throw new PipelineOptionError(`the function of "${name}" gave a promise: for work that waits use .io()`);
}
