import { ending } from "../engine/item.ts";
import type { StageSpec } from "../engine/stage.ts";
import { expectPositiveInteger } from "../errors.ts";
import { stepStage } from "./step-flow.ts";

/** Options of `.dedupe()`. */
export interface DedupeOptions {
  /** What the stage is called in summaries, errors and the journal. @default "dedupe" */
  readonly name?: string;
  /**
   * Keys that are remembered, those seen last; an item whose key was forgotten passes again. At least 1, `Infinity` for all.
   * @default 100_000
   */
  readonly remember?: number;
}

/** A stage that drops an item whose key another one had before it. */
export function dedupeStage<T>(
  name: string,
  key: (item: T) => string | number | bigint,
  { remember = 100_000 }: DedupeOptions,
): StageSpec {
  expectPositiveInteger("remember", remember);
  return stepStage(name, "dedupe", () => {
    const seen = new RecentKeys(remember);
    return (item) => {
      if (seen.add(key(item.value as T))) return true;
      item.end(ending.dropped);
      return false;
    };
  });
}

/** The keys seen last, in the order in which they were seen last. */
class RecentKeys {
  readonly #keys = new Set<unknown>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False when it is known. */
  add(key: unknown): boolean {
    const isNew = !this.#keys.delete(key);
    this.#keys.add(key);
    if (this.#keys.size > this.#limit) this.#forgetOldest();
    return isNew;
  }

  #forgetOldest(): void {
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      return;
    }
  }
}
