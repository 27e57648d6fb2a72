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
    this.#forget();
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

  /** More are lost than chance explains, if the share that is tolerated were the true one. */
  areTooMany(inFlight: number): boolean {
    const expected = this.#tolerated * Math.max(1, this.#ended, inFlight);
    return this.#lost >= fewest && this.#lost > expected + 3 * Math.sqrt(expected);
  }

  /** Slowing down doesn't help against such a share: it has another reason. */
  tolerate(share: number): void {
    this.#tolerated = Math.min(0.5, Math.max(harmlessShare, share));
  }

  /** What was tolerated is forgotten little by little where less is lost. */
  #forget(): void {
    if (this.#ended < 50) return;
    const enough = Math.max(harmlessShare, 1.5 * this.share(0));
    if (enough < this.#tolerated) this.#tolerated += 0.1 * (enough - this.#tolerated);
  }
}
