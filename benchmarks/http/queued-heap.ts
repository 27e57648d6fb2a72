import type { HttpResponse } from "@overlap/http";
import { Session } from "@overlap/http";
import type { Future } from "@overlap/loop";

/** Prints the bytes of heap that a request takes that waits in a session's queue, its URL and its future included. */

const [url = ""] = process.argv.slice(2);
const requests = 100_000;

await using session = new Session({ limit: 1 });
const first = session.get(`${url}/stalled`);
const before = heapBytes();
const answers: Future<HttpResponse>[] = [];
for (let i = 0; i < requests; i++) answers.push(session.get(`${url}/stalled/${i}`));
console.log(Math.round((heapBytes() - before) / requests));
for (const answer of [first, ...answers]) answer.cancel();

function heapBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
