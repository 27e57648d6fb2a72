import type { CrawlStrategy } from "./strategy.ts";

/** One download after the other. */
export const serial: CrawlStrategy = {
  name: "serial",
  description: "one download after the other",
  inFlight: () => 1,
  *run({ items, download }) {
    for (let item = 0; item < items; item++) yield* download(item);
  },
};
