/**
 * Tutorial, step 7: the same, and nothing is lost. One answer in ten is an error, the program is stopped half-way, and started again
 * as if nothing had happened.
 */
import { mkdtempDisposable } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline, threadFunction } from "@overlap/pipeline";
import { measure, texts } from "./tutorial/work.ts";

const hashModule = new URL("./threads/hash-text.ts", import.meta.url);
const hashText = threadFunction<typeof import("./threads/hash-text.ts")>(hashModule, "hashText");
await using folder = await mkdtempDisposable(join(tmpdir(), "overlap-tutorial-"));

await measure(
  "nothing lost",
  async (save, trace) => {
    const job = pipeline(texts, { key: (text) => text })
      .cpu("hash", hashText)
      .to(({ text, hash }) => save(text, hash), {
        name: "save",
        concurrency: 100,
        retry: { attempts: 5 },
        journal: join(folder.path, "journal.db"),
      });
    const stop = new AbortController();
    const first = await job.run({
      trace,
      drain: stop.signal,
      progressEveryMs: 10,
      onProgress: ({ delivered }) => delivered >= texts.length / 2 && stop.abort(),
    });
    console.log(`stopped: ${first.delivered} delivered, ${first.retries} saves tried again`);
    const second = await job.run({ trace, resume: true });
    console.log(`resumed: ${second.skipped} skipped, ${second.delivered} delivered`);
  },
  { limit: 100, threads: availableParallelism(), recordsSaves: true, failRate: 0.1 },
);
