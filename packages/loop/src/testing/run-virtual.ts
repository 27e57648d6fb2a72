import { type Pulse, realPulse } from "../pulse.ts";
import { run } from "../run.ts";
import type { TaskFunction } from "../start.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import { VirtualWorld, type WorldOptions } from "./virtual-world.ts";

/** Options of `runVirtual`. */
export interface RunVirtualOptions {
  /** An integer that decides the order of ready tasks; the same seed gives the same order. @default first in, first out */
  readonly seed?: number;
  /** The clock to run on; `clock.advance` within a step is a computation that takes its time. @default one that starts at 0 */
  readonly clock?: VirtualClock;
  /** Cancels the main task when it fires; the promise then rejects with `signal.reason`. @default none */
  readonly signal?: AbortSignal;
}

/**
 * Runs `main` like `run`, in virtual time: whenever no task is ready and all native promises have settled, the clock jumps to
 * the next deadline. Its loop is the thread's only one until the promise settles. Time starts at 0; read it with
 * `currentLoop().now()`. Real I/O that was announced (`until(promise, { io: true })`, `loop.beginIo()`) holds the jump.
 *
 * Failures that nobody looked at are reported when it ends.
 *
 * @throws what `main` threw; `DeadlockError` when nothing is ready, no timer is set and `main` is not done: the tasks are
 * cancelled first, so that they clean up. `InvalidStateError` when called while a loop runs a step or another virtual run lasts.
 * @example
 * await runVirtual(function* () {
 *   yield* sleep(3_600_000);
 *   return currentLoop().now();
 * }); // 3600000, at once
 */
export async function runVirtual<T>(
  main: TaskFunction<T>,
  { signal, ...world }: RunVirtualOptions = {},
): Promise<T> {
  const driver = new VirtualDriver(world);
  const end = driver.begin();
  try {
    return await Promise.race([driver.run(main, signal), driver.stuckForGood]);
  } finally {
    end();
  }
}

/** Runs batches through native promises, and moves time when the loop is idle and these have settled. */
class VirtualDriver implements Pulse {
  /** Rejects with the `DeadlockError` when cancelling did not help. */
  readonly stuckForGood: Promise<never>;
  readonly #world: VirtualWorld;
  readonly #deadlock = new AbortController();
  #giveUp: (error: unknown) => void = () => {};
  #checking = false;
  #ended = false;

  constructor(options: WorldOptions) {
    this.#world = new VirtualWorld(this, options);
    this.stuckForGood = new Promise((_, reject) => {
      this.#giveUp = reject;
    });
  }

  soon(batch: () => void): void {
    realPulse.soon(batch);
  }

  afterTurn(batch: () => void): void {
    realPulse.afterTurn(batch);
  }

  async run<T>(main: TaskFunction<T>, outer: AbortSignal | undefined): Promise<T> {
    const deadlock = this.#deadlock.signal;
    const signal = outer === undefined ? deadlock : AbortSignal.any([outer, deadlock]);
    try {
      return await run(main, { signal });
    } finally {
      await this.#world.loop.scope.end("the virtual run has ended");
      deadlock.throwIfAborted();
    }
  }

  /** Takes the thread; returns what gives it back. */
  begin(): () => void {
    const giveBack = this.#world.begin();
    return () => {
      this.#ended = true;
      giveBack();
    };
  }

  /** A turn of the host comes only after every native promise that can settle by itself has settled. */
  idle(): void {
    if (this.#checking) return;
    this.#checking = true;
    this.afterTurn(this.#check);
  }

  readonly #check = (): void => {
    this.#checking = false;
    const { loop } = this.#world;
    if (this.#ended || !loop.idle) return;
    if (this.#world.releaseBlocked() || loop.ioInFlight > 0) return;
    if (!this.#world.jump()) this.#breakDeadlock();
    else if (loop.idle) this.idle();
  };

  /** Cancels the main task, once, so that everybody cleans up. */
  #breakDeadlock(): void {
    const { signal } = this.#deadlock;
    if (!signal.aborted) this.#deadlock.abort(this.#world.deadlock());
    if (this.#world.loop.idle) this.#giveUp(signal.reason);
  }
}
