/**
 * A server with heavy endpoints: `/light` answers at once, `/heavy` computes for a while. Computed on the event loop, every heavy request makes
 * all others wait; computed on a thread, the light ones go on as if nothing were there. The program asks for both, both ways, and prints
 * how long the light requests took.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Session } from "@overlap/http";
import { mapUnordered, sleep } from "@overlap/loop";
import { ThreadPool } from "@overlap/loop/node";
import { range } from "@overlap/pipeline";
import { heavySum } from "./threads/heavy-sum.ts";

const rounds = 2_000_000;
const heavyModule = new URL("./threads/heavy-sum.ts", import.meta.url);

/** The server; `compute` is what its heavy endpoint does. */
function createApp(compute: (rounds: number) => number | PromiseLike<number>): Server {
  return createServer((request, response) => void answer(request, response));

  async function answer({ url }: IncomingMessage, response: ServerResponse): Promise<void> {
    response.end(url === "/light" ? "ok" : String(await compute(rounds)));
  }
}

/** Milliseconds of each light request, while heavy ones go on. */
async function lightTimesMs(app: Server): Promise<number[]> {
  app.listen(0, "127.0.0.1");
  await once(app, "listening");
  const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  await using session = new Session({ limit: 50 });

  const heavy = Array.from({ length: 4 }, () => session.get(`${url}/heavy`));
  const timesMs: number[] = [];
  for await (const _ of mapUnordered(range(0, 100), lightRequest, { concurrency: 4 }));
  await Promise.all(heavy);
  app.close();
  return timesMs.toSorted((a, b) => a - b);

  async function lightRequest(): Promise<void> {
    const startMs = performance.now();
    await session.get(`${url}/light`);
    timesMs.push(performance.now() - startMs);
    await sleep(2);
  }
}

function report(name: string, timesMs: readonly number[]): void {
  const at = (share: number) => `${timesMs.at(Math.floor(share * (timesMs.length - 1)))?.toFixed(1)} ms`;
  console.log(`${name}: light requests took ${at(0.5)} (median), ${at(0.99)} (99 of 100)`);
}

report("heavy work on the loop", await lightTimesMs(createApp(heavySum)));

await using pool = new ThreadPool({ threads: 2 });
const onThread = (n: number) => pool.call<typeof heavySum>(heavyModule, "heavySum", n);
report("heavy work on threads ", await lightTimesMs(createApp(onThread)));
