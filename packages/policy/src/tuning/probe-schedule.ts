import type { Direction } from "./phase.ts";

/** Round trips between two probes in the same direction, at first. */
const shortest = 4;
/** Upwards it stays worthwhile to ask: more may have become possible, and asking costs little. A probe downwards costs throughput. */
const longest: Readonly<Record<Direction, number>> = { up: 12, down: 64 };

/** Says when the next probe is due: less often the longer nothing has changed. */
export class ProbeSchedule {
  readonly #waits = { up: shortest, down: shortest };
  readonly #waited = { up: 0, down: 0 };

  /** Round trips went by without a probe. */
  passed(roundTrips: number): void {
    this.#waited.up += roundTrips;
    this.#waited.down += roundTrips;
  }

  isDue(direction: Direction): boolean {
    return this.#waited[direction] >= this.#waits[direction];
  }

  /** A probe brought nothing: the next in this direction comes later. */
  failed(direction: Direction): void {
    this.#waited[direction] = 0;
    this.#waits[direction] = Math.min(2 * this.#waits[direction], longest[direction]);
  }

  /** Something has changed. */
  reset(): void {
    this.#waits.up = shortest;
    this.#waits.down = shortest;
    this.#waited.up = 0;
    this.#waited.down = 0;
  }
}
