/**
 * A crawl as with greenlets: a light task per page, a semaphore of 100, results as they come. JavaScript cannot make a blocking call
 * wait without blocking, so there is nothing to patch; instead a guard names what blocks the loop, and `toThread` moves it off.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { type Coroutine, createTask, each, mapUnordered, run, Semaphore } from "@overlap/loop";
import { guardBlockingCalls, toThread } from "@overlap/loop/node";

const pages = 500;
const delayMs = 100;
const limit = new Semaphore(100);
let inFlight = 0;
let mostInFlight = 0;

/** A site whose every page takes 100 ms. */
const server = createServer((request, response) => {
  mostInFlight = Math.max(mostInFlight, ++inFlight);
  setTimeout(() => {
    inFlight--;
    response.end(`page ${request.url}\n`.repeat(200));
  }, delayMs);
});

async function download(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(url, { signal });
  return await response.bytes();
}

function* crawl(url: string): Coroutine<Uint8Array> {
  using _permit = yield* limit.acquire();
  return yield* createTask(download, url);
}

function* main(): Coroutine<void> {
  const { port } = server.address() as AddressInfo;
  const urls = Array.from({ length: pages }, (_, page) => `http://127.0.0.1:${port}/${page}`);
  using guard = guardBlockingCalls({ report: () => {} });

  const startMs = performance.now();
  let bytes = 0;
  let packedBytes = 0;
  yield* each(mapUnordered(urls, crawl, { concurrency: pages }), function* (page) {
    bytes += page.byteLength;
    packedBytes += gzipSync(page).byteLength;
  });
  const seconds = (performance.now() - startMs) / 1_000;
  console.log(`${pages} pages, ${bytes} bytes, packed to ${packedBytes}: ${seconds.toFixed(2)} s`);
  console.log(`one after the other they would take ${(pages * delayMs) / 1_000} s`);
  console.log(`at most ${mostInFlight} were in flight at once`);
  for (const { name, count, totalMs } of guard.calls)
    console.log(`${name} blocked the loop ${count} times, ${totalMs.toFixed(0)} ms in all; so on a thread:`);
  const packed = yield* toThread<(text: string) => Uint8Array>("node:zlib", "gzipSync", "a page".repeat(200));
  console.log(`packed to ${packed.byteLength} bytes while the loop went on`);
}

server.listen(0, "127.0.0.1");
await once(server, "listening");
await run(main);
server.close();
server.closeAllConnections();
