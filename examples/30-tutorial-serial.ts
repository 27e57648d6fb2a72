/** Tutorial, step 1: hash one text, save it, wait for the answer, then the next. Right, and slow. See docs/tutorial. */
import { hash, measure, texts } from "./tutorial/work.ts";

await measure(
  "one by one",
  async (save) => {
    for (const text of texts) await save(text, hash(text));
  },
  { limit: 1 },
);
