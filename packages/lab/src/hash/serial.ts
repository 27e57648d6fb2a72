import type { HashStrategy } from "./strategy.ts";

/** Hash one, save it, wait for the answer, then the next: how programs are written first. */
export const serial: HashStrategy = {
  name: "serial",
  description: "hash one, save it, wait, then the next",
  saves: "database",
  inFlight: () => 1,
  *run({ texts, hash, save }) {
    for (const text of texts) yield* save(text, hash(text));
  },
};
