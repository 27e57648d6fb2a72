import { sleep } from "@overlap/loop";
import { runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import { pipeline } from "../src/index.ts";

describe("an endless source before a slow sink", () => {
  it.each([
    ["one after the other", { concurrency: 1 }],
    ["in order", { concurrency: 20, ordered: true }],
    ["as they come", { concurrency: 20 }],
  ])("keeps a fixed number of items in memory, with a stage that works %s", (_, options) => {
    runVirtualSync(function* () {
      let alive = 0;
      let most = 0;
      function* endless() {
        for (let i = 0; ; i++) {
          most = Math.max(most, ++alive);
          yield i;
        }
      }
      const summary = yield* pipeline(endless())
        .io(
          "work",
          function* (x) {
            yield* sleep(x % 7);
            return x;
          },
          options,
        )
        .flatMap((x) => [x])
        .batch({ items: 50, withinMs: 10 })
        .to(function* (batch) {
          yield* sleep(1_000);
          alive -= batch.length;
        })
        .run({ maxItems: 5_000 });
      expect(summary.delivered).toBe(5_000);
      // 2 × 20 in the first stage, 64 children, a batch that fills, one that lies ready, one in the sink.
      expect(most).toBeLessThanOrEqual(40 + 64 + 3 * 50 + 2);
    });
  });
});
