import { checkpoint } from "@overlap/loop";
import type { HashStrategy } from "./strategy.ts";

/** Hashes on the main thread and saves nothing: what the CPU work alone costs. */
export const noIo: HashStrategy = {
  name: "no-io",
  description: "hash on the main thread, save nothing",
  saves: "nowhere",
  inFlight: () => 0,
  *run({ texts, hash, advance }) {
    for (const text of texts) {
      hash(text);
      advance();
      yield* checkpoint();
    }
  },
};
