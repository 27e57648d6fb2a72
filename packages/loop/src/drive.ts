import type { Clock } from "./clock.ts";
import { InvalidStateError } from "./errors.ts";

/**
 * Who runs a loop. One that was never started runs by itself; one that was started by hand runs while a start lasts, and
 * stands still in between.
 */
export class Drive {
  #state: "by itself" | "started" | "standing still" | "closed" = "by itself";
  #stopping = false;
  /** Ends the start that lasts. */
  #end: (() => void) | null = null;

  /** The loop is to stand still after the batch that runs. */
  get stopping(): boolean {
    return this.#stopping;
  }

  get started(): boolean {
    return this.#state === "started";
  }

  get standsStill(): boolean {
    return this.#state === "standing still";
  }

  get closed(): boolean {
    return this.#state === "closed";
  }

  /** The promise is resolved when the loop stands still again. */
  start(): Promise<void> {
    this.#state = "started";
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#end = resolve;
    return promise;
  }

  stop(): void {
    if (this.#state === "started") this.#stopping = true;
  }

  /** The loop stands still. */
  rest(): void {
    this.#stopping = false;
    this.#state = "standing still";
    this.#end?.();
    this.#end = null;
  }

  close(): void {
    this.#state = "closed";
  }

  expectStartable(caller: string): void {
    this.expectOpen(caller);
    if (this.#state === "started")
      throw new InvalidStateError(
        `${caller} starts a loop that runs already: wait for the first start, or stop() it`,
      );
  }

  expectOpen(caller: string): void {
    if (this.#state === "closed")
      throw new InvalidStateError(`${caller} uses a loop that is closed: make a new one`);
  }
}

/** Holds the process while `ended` is pending, if the clock can. */
export async function holdWhile(clock: Clock, ended: Promise<void>): Promise<void> {
  const release = clock.hold?.();
  try {
    await ended;
  } finally {
    release?.();
  }
}
