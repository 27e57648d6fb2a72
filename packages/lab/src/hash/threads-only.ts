import { type Coroutine, gather, until } from "@overlap/loop";
import { ThreadPool } from "@overlap/loop/node";
import type { hashAndSave } from "./hash-and-save.ts";
import type { HashStrategy, HashWork } from "./strategy.ts";

const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const saveModule = new URL(`./hash-and-save${ending}`, import.meta.url);

/** A thread for each core, and on each of them the serial program. */
export const threadsOnly: HashStrategy = {
  name: "threads-only",
  description: "the serial program on several threads: each hashes one, saves it, waits, then the next",
  saves: "database",
  inFlight: ({ threads }) => threads,
  onThreads: true,
  *run(work) {
    const pool = new ThreadPool({ threads: work.threads });
    try {
      yield* gather(work.texts.map((text) => hashOn(pool, work, text)));
    } finally {
      yield* until(pool.close());
    }
  },
};

function* hashOn(pool: ThreadPool, work: HashWork, text: string): Coroutine<void> {
  const { difficulty, saveUrl: url, trace, advance } = work;
  const request = { text, difficulty, url };
  const done = yield* pool.call<typeof hashAndSave>(saveModule, "hashAndSave", request);
  trace.span("hash", "cpu", "hash", done.startMs, done.hashedMs);
  trace.span("save", "io", "save", done.hashedMs, done.savedMs);
  advance();
}
