/** From the first position to just before the last. */
export type PositionRange = readonly [from: number, to: number];

/**
 * The positions of a source that are done with, as ranges: the first one is the watermark, the others lie above it. Between two of
 * them somebody is in flight, so there are never more ranges than items in flight, and one; however long the source is.
 */
export class PositionRanges {
  /** Disjoint, ascending, with a gap between each two. */
  readonly #ranges: [from: number, to: number][];

  constructor(ranges: readonly PositionRange[] = []) {
    this.#ranges = ranges.map(([from, to]) => [from, to]);
  }

  /** How many positions there are. */
  get count(): number {
    return this.#ranges.reduce((sum, [from, to]) => sum + to - from, 0);
  }

  has(position: number): boolean {
    const range = this.#ranges[this.#indexAt(position)];
    return range !== undefined && position < range[1];
  }

  /** Adds a position that is not there. */
  add(position: number): void {
    const at = this.#indexAt(position);
    const before = this.#ranges[at];
    const after = this.#ranges[at + 1];
    const touchesBefore = before !== undefined && before[1] === position;
    const touchesAfter = after !== undefined && after[0] === position + 1;
    if (touchesBefore && touchesAfter) {
      before[1] = after[1];
      this.#ranges.splice(at + 1, 1);
    } else if (touchesBefore) before[1]++;
    else if (touchesAfter) after[0]--;
    else this.#ranges.splice(at + 1, 0, [position, position + 1]);
  }

  toJSON(): readonly PositionRange[] {
    return this.#ranges;
  }

  /** The last range that begins at or before the position; -1 when none does. Work is mostly near the start. */
  #indexAt(position: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle] as PositionRange)[0] <= position)
        low = middle + 1; // middle is below length
      else high = middle;
    }
    return low - 1;
  }
}
