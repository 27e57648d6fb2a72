/** So many points in a row that are so far off, all to the same side, are on another line. */
const [strangers, far] = [3, 1.5];
/** What a point weighs less with each that comes after it: about the last 64 count. */
const fade = 1 - 1 / 64;

/**
 * A line through points, base + slope · x, neither of them below 0: least squares of the relative errors, with the older points fading.
 */
export class LineFit {
  // Weighted sums of 1, x, x², y, x·y.
  #one = 0;
  #x = 0;
  #xx = 0;
  #y = 0;
  #xy = 0;
  #base = 0;
  #slope = 0;
  /** Points in a row that were too far above the line, or below it when negative. */
  #strange = 0;

  get base(): number {
    return this.#base;
  }

  get slope(): number {
    return this.#slope;
  }

  /** Points at different x have been seen, so that there is a line. */
  get isKnown(): boolean {
    return this.#one * this.#xx - this.#x * this.#x > 1e-3 * this.#one * this.#xx;
  }

  /** A point; both above 0. */
  add(x: number, y: number): void {
    this.#watch(x, y);
    // What takes ten times as long is ten times as uncertain.
    const weight = 1 / (y * y);
    this.#one = fade * this.#one + weight;
    this.#x = fade * this.#x + weight * x;
    this.#xx = fade * this.#xx + weight * x * x;
    this.#y = fade * this.#y + weight * y;
    this.#xy = fade * this.#xy + weight * x * y;
    this.#solve();
  }

  /** Forgets the line when it has become another. */
  #watch(x: number, y: number): void {
    const off = this.isKnown ? y / (this.#base + this.#slope * x) : 1;
    if (off > far) this.#strange = Math.max(this.#strange, 0) + 1;
    else this.#strange = off < 1 / far ? Math.min(this.#strange, 0) - 1 : 0;
    if (Math.abs(this.#strange) < strangers) return;
    this.#strange = 0;
    this.#one = this.#x = this.#xx = this.#y = this.#xy = 0;
  }

  #solve(): void {
    const determinant = this.#one * this.#xx - this.#x * this.#x;
    if (!this.isKnown) return;
    this.#slope = (this.#one * this.#xy - this.#x * this.#y) / determinant;
    this.#base = (this.#y - this.#slope * this.#x) / this.#one;
    if (this.#slope < 0) {
      this.#slope = 0;
      this.#base = this.#y / this.#one;
    } else if (this.#base < 0) {
      this.#base = 0;
      this.#slope = this.#xy / this.#xx;
    }
  }
}
