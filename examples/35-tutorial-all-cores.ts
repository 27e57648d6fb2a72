/** Tutorial, step 6: the same window as a pipeline, so that every core hashes while the saves are in flight. */
import { availableParallelism } from "node:os";
import { pipeline, threadFunction } from "@overlap/pipeline";
import { measure, texts, trace } from "./tutorial/work.ts";

const hash = threadFunction<typeof import("./tutorial/hash.ts"), "hash">(
  new URL("./tutorial/hash.ts", import.meta.url),
  "hash",
);
const threads = availableParallelism();
const limit = 25;

await measure(
  "all cores",
  (save) =>
    pipeline(texts)
      .cpu("hash", hash, { threads })
      .to(({ text, hash }) => save(text, hash), { name: "save", concurrency: limit })
      .run({ trace }),
  { limit, threads },
);
