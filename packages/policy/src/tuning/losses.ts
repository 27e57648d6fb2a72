/** Fewer tell nothing. */
const fewest = 3;
/** A share that is no reason to slow down. */
const harmlessShare = 0.02;
/** More than that is never taken for granted, unless slowing down has been tried. */
const mostTakenForGranted = 0.15;
/** Ends after which what is refused anyway is known, and after which half of it is forgotten. */
const [enoughEnds, memoryEnds] = [100, 4_000];

/** Counts what the other side refused of what was sent in one epoch, and knows what it refuses anyway. */
export class Losses {
  #lost = 0;
  #ended = 0;
  /** The same over the epochs that ended without too many. */
  #lostAnyway = 0;
  #endedAnyway = 0;
  /** What slowing down has not helped against. */
  #helpless = 0;

  /** A new epoch begins; `wasNormal` says that the one before ended without too many. */
  begin(wasNormal: boolean): void {
    if (wasNormal) this.#remember();
    this.#lost = 0;
    this.#ended = 0;
  }

  /** One ended that was sent in this epoch. */
  add(lost: boolean): void {
    this.#ended++;
    if (lost) this.#lost++;
  }

  /** Lost, of what was sent: refusals come back sooner than answers, so what is still in flight counts as well. */
  share(inFlight: number): number {
    return this.#lost / Math.max(1, this.#ended, inFlight);
  }

  /** More are lost than chance explains, if the other side refused only what it refuses anyway. */
  areTooMany(inFlight: number): boolean {
    const expected = this.#anyway * Math.max(1, this.#ended, inFlight);
    return this.#lost >= fewest && this.#lost > expected + 3 * Math.sqrt(expected);
  }

  /** Slowing down doesn't help against such a share: it has another reason. */
  tolerate(share: number): void {
    this.#helpless = Math.min(0.5, share);
  }

  get #anyway(): number {
    const known = this.#endedAnyway < enoughEnds ? 0 : (1.5 * this.#lostAnyway) / this.#endedAnyway;
    return Math.max(harmlessShare, this.#helpless, Math.min(known, mostTakenForGranted));
  }

  #remember(): void {
    this.#lostAnyway += this.#lost;
    this.#endedAnyway += this.#ended;
    if (this.#ended >= enoughEnds && 2 * this.share(0) < this.#helpless) this.#helpless = 0;
    if (this.#endedAnyway < memoryEnds) return;
    this.#lostAnyway /= 2;
    this.#endedAnyway /= 2;
  }
}
