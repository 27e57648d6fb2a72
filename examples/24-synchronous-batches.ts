/**
 * A plain synchronous program that saves into a slow database, a hundred items at once: the program calls `save` as if it were a
 * function like any other; `using` saves the rest in the end. There is no `await` in it, and there are no callbacks.
 */
import { createHash } from "node:crypto";
import { Session } from "@overlap/http";
import { spawnDatabase } from "@overlap/lab";
import { Batcher, threadFunction } from "@overlap/pipeline";

interface Row {
  readonly text: string;
  readonly hash: string;
}

const session = new Session({ limit: 100 });

/** Saves one row. A hundred of these run at once, on the loop of another thread, which loads this file too. */
export async function saveRow(row: Row): Promise<void> {
  const response = await session.post(`${process.env.DATABASE}/add?name=rows`, { body: JSON.stringify(row) });
  if (!response.ok) throw new Error(`status ${response.status} for ${row.text}`);
}

/** Not a word of asynchronous code in here. */
function main(): void {
  const startMs = performance.now();
  using batcher = new Batcher<Row>(threadFunction<{ saveRow: typeof saveRow }>(import.meta.url, "saveRow"));
  for (let i = 0; i < 250; i++) {
    const text = `text ${i}`;
    batcher.save({ text, hash: createHash("sha256").update(text).digest("hex") });
  }
  batcher.flush();
  console.log(
    `250 rows saved in ${((performance.now() - startMs) / 1_000).toFixed(1)} s; one by one it would be 25 s`,
  );
}

if (import.meta.main) {
  await using database = await spawnDatabase({ delayMs: 100 }); // your database runs already
  process.env.DATABASE = database.address;
  main();
  const answer = await fetch(`${database.address}/count?name=rows`);
  console.log("the database has", await answer.text());
}
