import type { Direction } from "./phase.ts";

/** Round trips between two probes in the same direction, at first. */
const shortest = 4;
/** Upwards it stays worthwhile to ask: more may have become possible, and asking costs little. A probe downwards costs throughput. */
const longest: Readonly<Record<Direction, number>> = { up: 12, down: 64 };
/** How far probes go. */
const [smallestStep, largestStep] = [1.25, 2];

/** Says when the next probe is due and how far it goes: less often the longer nothing has changed, further after each success. */
export class ProbeSchedule {
  readonly #waits = { up: shortest, down: shortest };
  readonly #waited = { up: 0, down: 0 };
  readonly #steps = { up: smallestStep, down: smallestStep };

  #refusals = 0;

  /** Round trips went by without a probe. */
  passed(roundTrips: number): void {
    this.#waited.up += roundTrips;
    this.#waited.down += roundTrips;
  }

  isDue(direction: Direction): boolean {
    return this.#waited[direction] >= this.#waits[direction];
  }

  /** By what the limit is multiplied or divided. */
  step(direction: Direction): number {
    return this.#steps[direction];
  }

  /** A probe was right: the next goes the same way, at once, and further. */
  succeeded(direction: Direction): void {
    const opposite = direction === "up" ? "down" : "up";
    this.#waits[direction] = shortest;
    this.#waited[direction] = shortest;
    // Where it was refused not long ago, a long step would be refused all the more.
    if (direction === "down" || this.#refusals === 0) {
      this.#steps[direction] = Math.min(smallestStep * this.#steps[direction], largestStep);
    } else this.#refusals--;
    this.#waited[opposite] = 0;
    this.#steps[opposite] = smallestStep;
  }

  /** A probe brought nothing: the next in this direction comes later, unless this one went too far. */
  failed(direction: Direction): void {
    const wentFar = this.#steps[direction] > smallestStep;
    this.#waited[direction] = 0;
    this.#steps[direction] = smallestStep;
    if (!wentFar) this.#waits[direction] = Math.min(2 * this.#waits[direction], longest[direction]);
  }

  /** A probe upwards was refused, which costs the other side more than it tells: the more of them, the later the next. */
  refused(): void {
    this.#waited.up = 0;
    this.#steps.up = smallestStep;
    this.#refusals = Math.min(this.#refusals + 1, 3);
    this.#waits.up = 2 * shortest ** this.#refusals;
  }

  /** The limit was cut below what had been good: it may soon be found out how far that was too far. */
  cut(): void {
    this.#waited.up = 0;
    this.#waits.up = 2 * shortest;
    this.#steps.up = smallestStep;
  }

  /** There is reason to probe there at once, unless it was refused. */
  hurry(direction: Direction): void {
    this.#waited[direction] = Math.max(this.#waited[direction], longest[direction]);
  }

  /** Something has changed. */
  reset(): void {
    this.#refusals = 0;
    for (const direction of ["up", "down"] as const) {
      this.#waits[direction] = shortest;
      this.#waited[direction] = 0;
      this.#steps[direction] = smallestStep;
    }
  }
}
