import { lendThread } from "../current.ts";
import { DeadlockError, describeValue, InvalidArgumentError, InvalidStateError } from "../errors.ts";
import { FULFILLED, Future, type Runnable } from "../future.ts";
import { Loop } from "../loop.ts";
import type { Pulse } from "../pulse.ts";
import type { ReadyOrder } from "../ready-batches.ts";
import { describeTasks } from "../task-tree.ts";
import { shuffledOrder } from "./shuffled-order.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** The one that has the thread now. */
let active: VirtualWorld | null = null;

/** The world of the virtual run that lasts, if any. */
export function activeWorld(): VirtualWorld | null {
  return active;
}

/** What a world may be given; see `RunVirtualOptions`. */
export interface WorldOptions {
  /** An integer that decides the order of ready tasks. @default first in, first out */
  readonly seed?: number;
  /** The clock to run on. @default a new one */
  readonly clock?: VirtualClock;
}

/** A loop on a virtual clock, and what happens when nobody has anything to do. */
export class VirtualWorld {
  readonly loop: Loop;
  readonly #clock: VirtualClock;
  #blockedWaiters: Future<void>[] = [];

  constructor(pulse: Pulse, { seed, clock = new VirtualClock() }: WorldOptions) {
    this.#clock = clock;
    this.loop = new Loop(this.#clock, { pulse, ...(seed !== undefined && { order: orderOf(seed) }) });
  }

  /**
   * Makes the loop the only one of this thread; returns what ends that and reports failures that nobody looked at.
   *
   * @throws InvalidStateError while another virtual run lasts or a loop runs a step.
   */
  begin(): () => void {
    if (active !== null)
      throw new InvalidStateError("a virtual run is under way on this thread: wait for it first");
    const takeBack = lendThread(this.loop);
    active = this;
    return () => {
      active = null;
      takeBack();
      this.loop.reportUnseen();
    };
  }

  /** Done when every task is blocked, before time moves on. */
  allBlocked(): Future<void> {
    const blocked = new Future<void>(this.loop);
    this.#blockedWaiters.push(blocked);
    return blocked;
  }

  /** Makes those ready who wait for all to be blocked; false when nobody does. */
  releaseBlocked(): boolean {
    const waiters = this.#blockedWaiters.filter((waiter) => !waiter.done);
    this.#blockedWaiters = [];
    for (const waiter of waiters) waiter.settle(FULFILLED, undefined);
    return waiters.length > 0;
  }

  /** Moves time to the next deadline; false when there is none. */
  jump(): boolean {
    return this.#clock.jump();
  }

  /** What to throw when `moveOn` found nothing. */
  deadlock(): DeadlockError {
    return new DeadlockError(
      `nothing is ready, no timer is set, and these tasks wait:\n${describeTasks(this.loop)}`,
    );
  }
}

function orderOf(seed: number): ReadyOrder<Runnable> {
  if (Number.isInteger(seed)) return shuffledOrder(seed);
  throw new InvalidArgumentError(`expected an integer for seed, got ${describeValue(seed)}`);
}
