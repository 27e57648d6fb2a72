import type { Pulse } from "../pulse.ts";
import { Scope } from "../scope.ts";
import { startTask, type TaskFunction } from "../start.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import { VirtualWorld } from "./virtual-world.ts";

/** Options of `runVirtualSync`. */
export interface RunVirtualSyncOptions {
  /** An integer that decides the order of ready tasks; the same seed gives the same order. @default first in, first out */
  readonly seed?: number;
  /** The clock to run on; `clock.advance` within a step is a computation that takes its time. @default one that starts at 0 */
  readonly clock?: VirtualClock;
}

/**
 * Runs `main` in virtual time and returns its result, with no promise in sight. For pure coroutines: a native promise cannot
 * settle while synchronous code runs, so waiting for one is a deadlock.
 *
 * @throws what `main` threw; `DeadlockError` when nothing is ready and no timer is set; `InvalidStateError` when called
 * while a loop runs a step or another virtual run lasts.
 * @example
 * runVirtualSync(function* () {
 *   yield* sleep(1_000);
 *   return currentLoop().now();
 * }); // 1000
 */
export function runVirtualSync<T>(main: TaskFunction<T>, options: RunVirtualSyncOptions = {}): T {
  const pulse = new StepPulse();
  const world = new VirtualWorld(pulse, options);
  const end = world.begin();
  const scope = new Scope(world.loop);
  try {
    const task = startTask(scope, main, []);
    drive(world, pulse, [scope], () => task.done);
    task.look();
    endAll(world, pulse, [scope, world.loop.scope]);
    return task.result();
  } finally {
    end();
  }
}

/** Keeps the next batch until somebody steps. */
class StepPulse implements Pulse {
  #batch: (() => void) | null = null;

  soon(batch: () => void): void {
    this.#batch = batch;
  }

  afterTurn(batch: () => void): void {
    this.#batch = batch;
  }

  idle(): void {}

  /** Runs the next batch; false when there is none. */
  step(): boolean {
    const batch = this.#batch;
    this.#batch = null;
    batch?.();
    return batch !== null;
  }
}

/** Steps until `isDone`. In a deadlock the scopes' tasks are cancelled, and drained before the error is thrown. */
function drive(world: VirtualWorld, pulse: StepPulse, scopes: readonly Scope[], isDone: () => boolean): void {
  while (!isDone()) {
    if (pulse.step() || world.releaseBlocked() || world.jump()) continue;
    const deadlock = world.deadlock();
    for (const scope of scopes) scope.cancelTasks(deadlock);
    while (pulse.step());
    throw deadlock;
  }
}

function endAll(world: VirtualWorld, pulse: StepPulse, scopes: readonly Scope[]): void {
  while (scopes.some((scope) => scope.taskCount > 0)) {
    const left = scopes.flatMap((scope) => scope.tasks());
    for (const task of left) task.cancel("the virtual run has ended");
    drive(world, pulse, scopes, () => left.every((task) => task.done));
  }
}
