import { type Coroutine, gather, until } from "@overlap/loop";
import { ThreadPool } from "@overlap/loop/node";
import type { fetchPage } from "./fetch-page.ts";
import type { CrawlStrategy, CrawlWork } from "./strategy.ts";

const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const pageModule = new URL(`./fetch-page${ending}`, import.meta.url);

/** A thread takes some ten megabytes. */
const mostThreads = 16;

/** One request at a time on each of many worker threads. */
export const threads: CrawlStrategy = {
  name: "threads",
  description: `one request at a time on each worker thread, at most ${mostThreads} of them`,
  inFlight: (concurrency) => Math.min(concurrency, mostThreads),
  *run(work) {
    const pool = new ThreadPool({ threads: threads.inFlight(work.concurrency) });
    try {
      yield* gather(Array.from({ length: work.items }, (_, item) => downloadOn(pool, work, item)));
    } finally {
      yield* until(pool.close());
    }
  },
};

function* downloadOn(pool: ThreadPool, work: CrawlWork, item: number): Coroutine<void> {
  work.record(yield* pool.call<typeof fetchPage>(pageModule, "fetchPage", work.urlOf(item)));
}
