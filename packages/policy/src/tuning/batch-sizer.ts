import { expectPositiveInteger, PolicyArgumentError } from "../errors.ts";
import { LineFit } from "./line-fit.ts";

/** How large batches may be. */
export interface BatchSizerOptions {
  /** Items at least. An integer of at least 1. @default 1 */
  readonly min?: number;
  /** Items at most. An integer of at least `min`. @default 10_000 */
  readonly max?: number;
  /** Share of a batch's time that may be fixed cost. Above 0, below 1. @default 0.1 */
  readonly fixedShare?: number;
}

/** What is tried beside the best size, so that the line stays known: a small batch tells most about the fixed cost. */
const tried = [1, 0.25, 1, 1.25];
/** No size is more than so many times the largest that has been seen: a line is not to be trusted far beyond its points. */
const mostGrowth = 2;

/**
 * Finds out how many items a batch should have: fits the time of a batch, t(B) = a + b·B, while batches go out, and takes the smallest B
 * of whose time no more than a tenth is the fixed cost a. Larger ones would bring next to nothing, and only delay their first item.
 *
 * @example
 * const sizer = new BatchSizer({ max: 1_000 });
 * while (rows.length > 0) {
 *   const batch = rows.splice(0, sizer.items);
 *   const startMs = performance.now();
 *   await insert(batch);
 *   sizer.observe(batch.length, performance.now() - startMs);
 * }
 */
export class BatchSizer {
  readonly #min: number;
  readonly #max: number;
  /** B = a / b · (1 / share − 1) has exactly that share of fixed cost. */
  readonly #timesRatio: number;
  readonly #fit = new LineFit();
  #largest = 0;
  #observed = 0;
  #best: number;

  /** @throws PolicyArgumentError for an option outside its range. */
  constructor({ min = 1, max = Math.max(min, 10_000), fixedShare = 0.1 }: BatchSizerOptions = {}) {
    this.#min = expectPositiveInteger("min", min);
    this.#max = expectPositiveInteger("max", max);
    if (max < min)
      throw new PolicyArgumentError(`expected at least ${min}, the minimum, for max, got ${max}`);
    if (!(fixedShare > 0 && fixedShare < 1)) {
      throw new PolicyArgumentError(
        `expected a number above 0 and below 1 for fixedShare, got ${fixedShare}`,
      );
    }
    this.#timesRatio = 1 / fixedShare - 1;
    this.#best = min;
  }

  /** Items that the next batch should have. */
  get items(): number {
    return this.#within(this.#best * (tried[this.#observed % tried.length] as number));
  }

  /** The time that a batch of no items would take, in milliseconds; 0 until it is known. */
  get fixedMs(): number {
    return this.#fit.base;
  }

  /** The time that each item adds, in milliseconds; 0 until it is known. */
  get perItemMs(): number {
    return this.#fit.slope;
  }

  /** A batch of `items` took so long. One that failed is not to be observed. */
  observe(items: number, durationMs: number): void {
    if (!(items > 0 && durationMs > 0)) return;
    this.#observed++;
    this.#largest = Math.max(this.#largest, items);
    this.#fit.add(items, durationMs);
    const wanted = this.#fit.isKnown
      ? this.#timesRatio * (this.#fit.base / this.#fit.slope)
      : Number.POSITIVE_INFINITY;
    this.#best = this.#within(Math.min(Math.ceil(wanted), mostGrowth * this.#largest));
  }

  #within(items: number): number {
    return Math.min(this.#max, Math.max(this.#min, Math.round(items)));
  }
}
