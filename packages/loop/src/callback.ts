import type { Runnable } from "./future.ts";

/** A function that the loop calls once, with its arguments. */
export class Callback<A extends unknown[] = []> implements Runnable {
  readonly #callback: (...args: A) => void;
  readonly #args: A;

  constructor(callback: (...args: A) => void, args: A) {
    this.#callback = callback;
    this.#args = args;
  }

  run(): void {
    this.#callback(...this.#args);
  }

  /** @internal What a report calls it. */
  get label(): string {
    return `callback ${this.#callback.name.replace(/^bound /, "") || "(anonymous)"}`;
  }
}
