import { Semaphore, taskGroup } from "@overlap/loop";
import { asTold, type CrawlStrategy } from "./strategy.ts";

/** A task for each download, a semaphore for the limit, one session for the connections (S8). */
export const coroutines: CrawlStrategy = {
  name: "coroutines",
  description: "a task for each download, a semaphore for the limit, one session",
  inFlight: asTold,
  *run({ items, concurrency, download }) {
    const limit = new Semaphore(concurrency);
    function* one(item: number) {
      using _permit = yield* limit.acquire();
      yield* download(item);
    }
    yield* taskGroup(function* (group) {
      for (let item = 0; item < items; item++) group.spawn(one, item);
    });
  },
};
