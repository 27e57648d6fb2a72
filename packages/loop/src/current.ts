import { InvalidStateError } from "./errors.ts";
import type { Loop } from "./loop.ts";

/** The loop that is running a step right now, if any. */
let running: Loop | null = null;
let standard: Loop | null = null;
let createStandard: (() => Loop) | null = null;

/** @internal loop.ts says how to make a loop, so that futures need not import it. */
export function setLoopFactory(create: () => Loop): void {
  createStandard = create;
}

/** @internal Marks the loop that runs, and returns the one that ran before. */
export function enterLoop(loop: Loop | null): Loop | null {
  const previous = running;
  running = loop;
  return previous;
}

/**
 * @internal Makes `loop` this thread's default loop; returns what takes it back.
 *
 * @throws InvalidStateError while a loop runs a step.
 */
export function lendThread(loop: Loop): () => void {
  if (running !== null) throw new InvalidStateError("a loop runs on this thread already: wait for it first");
  const before = standard;
  standard = loop;
  return () => {
    standard = before;
  };
}

/** @internal Whether `loop` is this thread's default loop, which runs by itself and belongs to nobody. */
export function isThreadLoop(loop: Loop): boolean {
  return loop === standard;
}

/** The loop that runs now, else the default loop of this thread (made on first use). */
export function currentLoop(): Loop {
  if (running !== null) return running;
  standard ??= (createStandard as () => Loop)(); // set when loop.ts was loaded, and only that module makes loops
  return standard;
}
