import { runBlocking, ThreadPool, toThread } from "@overlap/loop/node";
import type { addPlainly } from "../fixtures/thread-work.ts";

type Add = typeof addPlainly;

// Ends with threads that wait for calls, one that works for nobody, and one that never comes to an end.
const work = new URL("../fixtures/thread-work.ts", import.meta.url);

process.stdout.write(`${runBlocking<Add>(work, "addPlainly", 1, 2)}\n`);
process.stdout.write(`${await toThread<Add>(work, "addPlainly", 3, 4)}\n`);
const pool = new ThreadPool({ threads: 1 });
const spinning = pool.call(work, "spin");
spinning.cancel();
await spinning.catch(() => {});
process.stdout.write(`done\n`);
