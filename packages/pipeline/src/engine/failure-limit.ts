import { PipelineOptionError } from "../errors.ts";

/**
 * How many items may go wrong: a number of them, or a share (0 to 1) of those that were taken, which is looked at once `after` (100, if it
 * is not given) of them were, and in the end.
 */
export type MaxFailures = number | { readonly share: number; readonly after?: number };

/** Says when too many items have gone wrong. */
export class FailureLimit {
  readonly #most: number;
  readonly #share: number;
  readonly #after: number;

  /** @throws PipelineOptionError. */
  constructor(limit: MaxFailures) {
    const { share = Number.POSITIVE_INFINITY, after = 100 } = typeof limit === "object" ? limit : {};
    this.#most = typeof limit === "number" ? expectCount("maxFailures", limit) : Number.POSITIVE_INFINITY;
    this.#share = typeof limit === "object" ? expectShare(share) : share;
    this.#after = expectCount("maxFailures.after", after);
  }

  /** The first failure is one too many. */
  get failsFast(): boolean {
    return this.#most === 0;
  }

  exceeded(failures: number, items: number): boolean {
    if (failures > this.#most) return true;
    return items >= this.#after && failures > items * this.#share;
  }

  /** The same when no more items will come. */
  exceededAtEnd(failures: number, items: number): boolean {
    return failures > this.#most || failures > items * this.#share;
  }

  /** What may go wrong, for a message. */
  toString(): string {
    return this.#most === Number.POSITIVE_INFINITY ? `${this.#share * 100} % of them` : `only ${this.#most}`;
  }
}

function expectCount(name: string, value: number): number {
  if ((Number.isInteger(value) && value >= 0) || value === Number.POSITIVE_INFINITY) return value;
  throw new PipelineOptionError(`expected an integer of at least 0 for ${name}, got ${String(value)}`);
}

function expectShare(value: number): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new PipelineOptionError(`expected a share from 0 to 1 for maxFailures, got ${String(value)}`);
}
