import { checkpoint, taskGroup } from "@overlap/loop";
import type { HashStrategy } from "./strategy.ts";

/** Hash a batch, save it all at once, wait for all, then the next batch: the compromise of synchronous programs. */
export const batch: HashStrategy = {
  name: "batch",
  description: "hash a batch, save it all at once, wait for all, then the next",
  saves: true,
  *run({ texts, hash, save, batchSize }) {
    for (let start = 0; start < texts.length; start += batchSize) {
      const hashed: [text: string, hash: string][] = [];
      for (const text of texts.slice(start, start + batchSize)) {
        hashed.push([text, hash(text)]);
        yield* checkpoint();
      }
      yield* taskGroup(function* (group) {
        for (const [text, done] of hashed) group.spawn(save, text, done);
      });
    }
  },
};
