import { longestDelayMs } from "./longest-delay.ts";

/** Keeps the process alive while something is under way. */
export class ProcessHold {
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  add(): void {
    if (this.#count++ === 0) this.#timer = setInterval(() => {}, longestDelayMs);
  }

  remove(): void {
    if (--this.#count === 0) clearInterval(this.#timer);
  }
}
