/** Tutorial, step 6: the same window as a pipeline, so that every core hashes while the saves are in flight. */
import { availableParallelism } from "node:os";
import { pipeline, threadFunction } from "@overlap/pipeline";
import { measure, texts } from "./tutorial/work.ts";

const hashModule = new URL("./threads/hash-text.ts", import.meta.url);
const hashText = threadFunction<typeof import("./threads/hash-text.ts")>(hashModule, "hashText");
const threads = availableParallelism();
const limit = 100;

await measure(
  "all cores",
  (save, trace) =>
    pipeline(texts)
      .cpu("hash", hashText, { threads })
      .to(({ text, hash }) => save(text, hash), { name: "save", concurrency: limit })
      .run({ trace }),
  { limit, threads, recordsSaves: true },
);
