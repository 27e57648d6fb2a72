import { Future } from "@overlap/loop";
import { asTold, type CrawlStrategy, type CrawlWork } from "./strategy.ts";

/** Every answer calls back, and the callback starts the next download (S2). */
export const callbacks: CrawlStrategy = {
  name: "callbacks",
  description: "every answer calls back, and the callback starts the next download",
  inFlight: asTold,
  *run(work) {
    const finished = new Future<void>();
    let [next, done] = [0, 0];
    function startNext(): void {
      if (next < work.items && !finished.done) downloadThen(work, next++, whenDone);
    }
    function whenDone(error?: unknown): void {
      done++;
      if (finished.done) return;
      if (error !== undefined) finished.setException(error);
      else if (done === work.items) finished.setResult();
      else startNext();
    }
    for (let slot = 0; slot < work.concurrency; slot++) startNext();
    yield* finished;
  },
};

/** Returns at once; calls back when the page is there, or with the error. */
function downloadThen(work: CrawlWork, item: number, callback: (error?: unknown) => void): void {
  const startMs = work.now();
  work.request(item).addDoneCallback((answer) => {
    try {
      const response = answer.result();
      const bytes = response.bytes().result().byteLength; // its body is in memory
      work.record({ startMs, endMs: work.now(), bytes, ok: response.ok });
      callback();
    } catch (error) {
      callback(error);
    }
  });
}
