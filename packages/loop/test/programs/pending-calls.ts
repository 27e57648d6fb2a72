import { ThreadPool } from "@overlap/loop/node";
import type { addPlainly } from "../fixtures/thread-work.ts";

// Nothing but its calls keeps this process alive, and the second one waits until the first, abandoned one has ended.
const work = new URL("../fixtures/thread-work.ts", import.meta.url);
const pool = new ThreadPool({ threads: 1 });
pool.call(work, "blockFor", 200).cancel();
const sum = pool.call<typeof addPlainly>(work, "addPlainly", 5, 6);
sum.addDoneCallback(() => process.stdout.write(`${sum.result()}\n`));
