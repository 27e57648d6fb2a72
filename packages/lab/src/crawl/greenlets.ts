import { each, mapUnordered } from "@overlap/loop";
import { asTold, type CrawlStrategy } from "./strategy.ts";

/** A bounded map whose results come in the order of completion (S6). */
export const greenlets: CrawlStrategy = {
  name: "greenlets",
  description: "a bounded map, results in the order of completion",
  inFlight: asTold,
  *run({ items, concurrency, download }) {
    yield* each(mapUnordered(numbers(items), download, { concurrency }), function* () {});
  },
};

function* numbers(count: number): Generator<number> {
  for (let number = 0; number < count; number++) yield number;
}
