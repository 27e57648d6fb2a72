import { gather } from "@overlap/loop";
import { asTold, type CrawlStrategy } from "./strategy.ts";

/** So many at once, wait for all, then the next: the slowest of a wave holds up the others (S7). */
export const waves: CrawlStrategy = {
  name: "waves",
  description: "as many as allowed at once, wait for all of them, then the next wave: stop-and-go",
  inFlight: asTold,
  *run({ items, concurrency, download }) {
    for (let first = 0; first < items; first += concurrency) {
      const size = Math.min(concurrency, items - first);
      yield* gather(Array.from({ length: size }, (_, index) => download(first + index)));
    }
  },
};
