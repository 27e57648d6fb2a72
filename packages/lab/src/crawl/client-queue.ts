import { gather } from "@overlap/loop";
import { asTold, type CrawlStrategy } from "./strategy.ts";

/** All requests are given to the session at once, whose own queue holds them back (S7). */
export const clientQueue: CrawlStrategy = {
  name: "client-queue",
  description: "all requests given to the session at once, which holds them back",
  inFlight: asTold,
  *run(work) {
    yield* gather(
      Array.from({ length: work.items }, function* (_, item) {
        const response = yield* work.request(item);
        const bytes = (yield* response.bytes()).byteLength;
        const endMs = work.now();
        const { queuedMs, endMs: tookMs } = response.timings;
        work.record({ startMs: endMs - (tookMs - queuedMs), endMs, bytes, ok: response.ok });
      }),
    );
  },
};
