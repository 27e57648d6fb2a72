import { InvalidStateError } from "../errors.ts";
import type { Waitable } from "../waitable.ts";
import { activeWorld } from "./virtual-world.ts";

/**
 * Done when every other task waits for something and native promises have settled, before virtual time moves on. Tells
 * "it waits" from "it has not got there yet", without a guess at how many turns that takes.
 *
 * @throws InvalidStateError outside a virtual run.
 * @example
 * const task = createTask(consumer);
 * yield* allTasksBlocked();
 * expect(queue.waiting).toBe(1);
 */
export function allTasksBlocked(): Waitable<void> {
  const world = activeWorld();
  if (world === null)
    throw new InvalidStateError("allTasksBlocked() works inside runVirtual or runVirtualSync only");
  return world.allBlocked();
}
