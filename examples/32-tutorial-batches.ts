/** Tutorial, step 3: hash a batch, save it all at once, wait for all of it. The compromise for synchronous programs. */
import { hash, measure, texts } from "./tutorial/work.ts";

const batchSize = 20;

await measure(
  "batches",
  async (save) => {
    for (let start = 0; start < texts.length; start += batchSize) {
      const batch = texts.slice(start, start + batchSize);
      const hashes = batch.map(hash);
      await Promise.all(batch.map((text, i) => save(text, `${hashes[i]}`)));
    }
  },
  { limit: batchSize },
);
