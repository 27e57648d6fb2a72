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

  /** Lost, of what ended. */
  get share(): number {
    return this.#ended === 0 ? 0 : this.#lost / this.#ended;
  }

  /** Enough are lost to do something about it. */
  get tooMany(): boolean {
    return this.#lost >= fewest && this.share > this.#tolerated;
  }

  /** Slowing down doesn't help against so many: they have another reason. */
  tolerate(share: number): void {
    this.#tolerated = Math.min(0.5, Math.max(harmlessShare, share));
  }
}
