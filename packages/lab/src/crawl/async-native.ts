import { createTask, gather } from "@overlap/loop";
import { asTold, type CrawlStrategy, type CrawlWork } from "./strategy.ts";

/** async/await and fetch on Node's own loop: what one writes without Overlap. */
export const asyncNative: CrawlStrategy = {
  name: "async-native",
  description: "async/await and fetch on Node's own loop, so many async functions side by side",
  inFlight: asTold,
  *run(work) {
    const queue = Array.from({ length: work.items }, (_, item) => item).values();
    const slots = Math.min(work.concurrency, work.items);
    yield* gather(Array.from({ length: slots }, () => createTask(downloadFrom, queue, work)));
  },
};

async function downloadFrom(queue: Iterable<number>, work: CrawlWork, signal: AbortSignal): Promise<void> {
  for (const item of queue) {
    const startMs = work.now();
    const response = await fetch(work.urlOf(item), { signal });
    const { byteLength } = await response.bytes();
    work.record({ startMs, endMs: work.now(), bytes: byteLength, ok: response.ok });
  }
}
