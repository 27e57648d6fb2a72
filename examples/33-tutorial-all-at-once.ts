/** Tutorial, step 4: start every save as soon as its hash is there, and wait only at the end. What is wrong with it? */
import { hash, measure, texts } from "./tutorial/work.ts";

await measure(
  "all at once",
  async (save) => {
    await Promise.all(texts.map((text) => save(text, hash(text))));
  },
  { limit: texts.length },
);
