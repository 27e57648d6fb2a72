import type { Runnable } from "../future.ts";
import type { ReadyOrder } from "../ready-batches.ts";
import { Task } from "../task.ts";
import { createRandom, type Random } from "./random.ts";

/** How often a ready task misses a batch, as it would when its wake-up came a little later. */
const missedBatches = 1 / 8;

/**
 * Ready work in an order that a seed decides: in each batch the tasks change places, and some stay for the next one.
 * Callbacks keep their order, as a loop promises.
 */
export function shuffledOrder(seed: number): ReadyOrder<Runnable> {
  const random = createRandom(seed);
  return (ready) => {
    const missed = new Set(ready.filter((item) => item instanceof Task && random() < missedBatches));
    if (missed.size === ready.length) missed.clear();
    const batch = ready.filter((item) => !missed.has(item));
    shuffleTasks(batch, random);
    return { batch, later: [...missed] };
  };
}

/** Fisher and Yates, over the places that tasks have. */
function shuffleTasks(batch: Runnable[], random: Random): void {
  const places = [...batch.keys()].filter((place) => batch[place] instanceof Task);
  for (let last = places.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    swap(batch, places[last] as number, places[other] as number); // both are below places.length
  }
}

function swap(batch: Runnable[], a: number, b: number): void {
  const item = batch[a] as Runnable;
  batch[a] = batch[b] as Runnable;
  batch[b] = item;
}
