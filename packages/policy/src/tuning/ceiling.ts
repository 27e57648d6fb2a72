/** Round trips after which the other side is asked again, at first; each time it still refuses, twice as many. */
const firstLife = 64;
const longestLife = 1_024;

/** Remembers where the other side began to refuse, for some time. */
export class Ceiling {
  #limit = Number.POSITIVE_INFINITY;
  #untilMs = 0;
  #life = firstLife;

  /** Where it is at `nowMs`; Infinity when it is forgotten. */
  at(nowMs: number): number {
    return nowMs < this.#untilMs ? this.#limit : Number.POSITIVE_INFINITY;
  }

  /** Refusals began at `limit`. */
  set(limit: number, nowMs: number, roundTripMs: number): void {
    // Asked again after its life, and still there: it lives longer.
    if (nowMs >= this.#untilMs)
      this.#life = this.#isNear(limit) ? Math.min(2 * this.#life, longestLife) : firstLife;
    this.#limit = limit;
    this.#untilMs = nowMs + this.#life * roundTripMs;
  }

  /** What was refused had another reason. */
  forget(): void {
    this.#limit = Number.POSITIVE_INFINITY;
    this.#life = firstLife;
  }

  #isNear(limit: number): boolean {
    return limit >= 0.7 * this.#limit && limit <= 1.4 * this.#limit;
  }
}
