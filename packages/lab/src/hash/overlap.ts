import { untilSettled } from "@overlap/loop";
import { pipeline, threadFunction } from "@overlap/pipeline";
import type { HashStrategy } from "./strategy.ts";

const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const hashModule = new URL(`./hash-text${ending}`, import.meta.url);
const hashText = threadFunction<typeof import("./hash-text.ts"), "hashText">(hashModule, "hashText");

/** Hash on every core, on threads, while up to `concurrency` saves are in flight. */
export const overlap: HashStrategy = {
  name: "overlap",
  description: "hash on every core, on threads, while saves are in flight",
  saves: "database",
  inFlight: ({ concurrency }) => concurrency,
  onThreads: true,
  *run({ texts, difficulty, concurrency, threads, trace, post }) {
    const stop = new AbortController();
    const job = pipeline(texts.map((text) => ({ text, difficulty })))
      .cpu("hash", hashText, { threads })
      .to(({ text, hash }) => post(text, hash), { name: "save", concurrency });
    yield* untilSettled(job.run({ signal: stop.signal, trace }), (cancel) => stop.abort(cancel));
  },
};
