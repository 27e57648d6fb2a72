import { PerformanceObserver } from "node:perf_hooks";

/** Sums up the pauses that garbage collection makes in this thread, until it is stopped. */
export class GcMeter {
  #pausedMs = 0;
  readonly #observer: PerformanceObserver = new PerformanceObserver((list) => this.#add(list.getEntries()));

  constructor() {
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  /** Stops, and gives the sum in milliseconds. */
  stop(): number {
    this.#add(this.#observer.takeRecords());
    this.#observer.disconnect();
    return this.#pausedMs;
  }

  #add(pauses: readonly { readonly duration: number }[]): void {
    for (const { duration } of pauses) this.#pausedMs += duration;
  }
}
