import type { Waitable } from "@overlap/loop";
import type { Flow } from "../engine/flow.ts";
import type { Item } from "../engine/item.ts";
import type { StageOpening, StageRun, StageSpec } from "../engine/stage.ts";
import type { StageKind, StageStats } from "../engine/stage-stats.ts";

/** What becomes of one item at once: true when it goes on. What it throws is the item's failure. */
export type Step = (item: Item) => boolean;

/** A stage that never waits: it works while the stage after it takes, and holds nothing. */
export function stepStage(name: string, kind: StageKind, createStep: () => Step): StageSpec {
  return { name, kind, open: (opening) => new StepFlow(opening, createStep()) };
}

class StepFlow implements Flow {
  readonly #upstream: Flow;
  readonly #run: StageRun;
  readonly #stats: StageStats;
  readonly #step: Step;

  constructor({ upstream, run, stats }: StageOpening, step: Step) {
    this.#upstream = upstream;
    this.#run = run;
    this.#stats = stats;
    this.#step = step;
  }

  get ended(): boolean {
    return this.#upstream.ended;
  }

  get size(): number {
    return this.#upstream.size;
  }

  take(): Item | null {
    while (!this.#run.closing) {
      const item = this.#upstream.take();
      if (item === null) break;
      this.#stats.in++;
      if (this.#goesOn(item)) return item;
    }
    return null;
  }

  ready(): Waitable<void> {
    return this.#upstream.ready();
  }

  #goesOn(item: Item): boolean {
    try {
      if (!this.#step(item)) return false;
      this.#stats.out++;
      return true;
    } catch (error) {
      this.#stats.failed++;
      this.#run.itemFailed(item, this.#stats.name, error, 1);
      return false;
    }
  }
}
