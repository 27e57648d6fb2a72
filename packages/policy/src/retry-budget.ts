import { expectAtLeast } from "./errors.ts";

/** How much may be retried. */
export interface RetryBudgetOptions {
  /** Retries per first attempt, in the long run. At least 0. @default 0.2 */
  readonly ratio?: number;
  /** Retries that are there at the start, so that a small job may retry too. At least 0. @default 10 */
  readonly reserve?: number;
  /** Retries that can be saved up. At least `reserve`. @default 1_000, or `reserve` if that is more */
  readonly capacity?: number;
}

/**
 * Keeps retries to a share of the requests, over all who share it: when the other side is down, retrying everything
 * would double its load. A token bucket: each first attempt brings `ratio` of a token, each retry takes one.
 *
 * @example
 * const budget = new RetryBudget({ ratio: 0.2 });
 * budget.deposit(); // before each first attempt
 * if (budget.tryWithdraw()) await again();
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #capacity: number;
  #tokens: number;

  /** @throws PolicyArgumentError for an option outside its range. */
  constructor(options: RetryBudgetOptions = {}) {
    const { ratio = 0.2, reserve = 10, capacity = Math.max(1_000, reserve) } = options;
    this.#ratio = expectAtLeast(0, "ratio", ratio);
    this.#tokens = expectAtLeast(0, "reserve", reserve);
    this.#capacity = expectAtLeast(reserve, "capacity", capacity);
  }

  /** Retries that are left. */
  get available(): number {
    // Five times a fifth is a little less than one.
    return Math.floor(this.#tokens + roundingError);
  }

  /** A first attempt begins. */
  deposit(): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + this.#ratio);
  }

  /** Takes one retry, if there is one. */
  tryWithdraw(): boolean {
    if (this.available < 1) return false;
    this.#tokens = Math.max(0, this.#tokens - 1);
    return true;
  }
}

const roundingError = 1e-6;
