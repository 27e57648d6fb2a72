/**
 * Hands out places for a stream of unknown length so that at any time each element seen has the same chance of
 * being among the kept ones: Algorithm R of Vitter, "Random Sampling with a Reservoir", ACM TOMS 11 (1985).
 */
export class Reservoir {
  readonly #limit: number;
  readonly #random: () => number;
  #seen = 0;

  constructor(limit: number, random: () => number) {
    this.#limit = limit;
    this.#random = random;
  }

  /** Elements that have a place. */
  get size(): number {
    return Math.min(this.#seen, this.#limit);
  }

  /** Elements that were turned away, or lost their place to a later one. */
  get dropped(): number {
    return this.#seen - this.size;
  }

  /** The place for the next element (which may be another's, who then loses it), or -1 if it gets none. */
  next(): number {
    const seen = this.#seen++;
    if (seen < this.#limit) return seen;
    const place = Math.floor(this.#random() * (seen + 1));
    return place < this.#limit ? place : -1;
  }
}
