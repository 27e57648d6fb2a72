import type { HttpResponse } from "@overlap/http";
import { type Future, wait } from "@overlap/loop";
import { asTold, type CrawlStrategy } from "./strategy.ts";

/** A set of pending futures, topped up whenever some of them are done (S3). */
export const futures: CrawlStrategy = {
  name: "futures",
  description: "a set of pending futures, topped up whenever some are done",
  inFlight: asTold,
  *run(work) {
    const begun = new Map<Future<HttpResponse>, number>();
    for (let next = 0; next < work.items || begun.size > 0; ) {
      while (next < work.items && begun.size < work.concurrency) {
        const startMs = work.now();
        begun.set(work.request(next++), startMs);
      }
      const { done } = yield* wait(begun.keys(), { returnWhen: "firstCompleted" });
      for (const future of done) {
        const response = future.result();
        const bytes = response.bytes().result().byteLength; // its body is in memory
        work.record({ startMs: begun.get(future) ?? 0, endMs: work.now(), bytes, ok: response.ok });
        begun.delete(future);
      }
    }
  },
};
