/** Fewer tell nothing. */
const fewest = 3;
/** A share that is no reason to slow down. */
const harmlessShare = 0.02;

/** Counts what the other side refused, of what was sent in one epoch. */
export class Losses {
  #lost = 0;
  #ended = 0;
  #tolerated = harmlessShare;

  /** A new epoch begins. */
  begin(): void {
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

  /** Enough are lost to do something about it. */
  areTooMany(inFlight: number): boolean {
    return this.#lost >= fewest && this.share(inFlight) > this.#tolerated;
  }

  /** Slowing down doesn't help against so many: they have another reason. */
  tolerate(share: number): void {
    this.#tolerated = Math.min(0.5, Math.max(harmlessShare, share));
  }
}
