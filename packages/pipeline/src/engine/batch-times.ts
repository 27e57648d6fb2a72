import type { Item } from "./item.ts";

/** Who wants to know how long the stage behind takes for a batch. */
const listeners = new WeakMap<Item, (durationMs: number) => void>();

/** `listener` is told how long the next stage's call for this batch takes, if it goes well. */
export function onBatchTook(batch: Item, listener: (durationMs: number) => void): void {
  listeners.set(batch, listener);
}

/** A call for `item` went well, and took so long. */
export function batchTook(item: Item, durationMs: number): void {
  if (item.members === null) return;
  listeners.get(item)?.(durationMs);
  listeners.delete(item);
}
