import { execSync } from "node:child_process";
import { pbkdf2, pbkdf2Sync } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { mapUnordered } from "@overlap/loop";
import { openRequests } from "./requests.ts";
import type { Situation, Surroundings } from "./situation.ts";

const hash = promisify(pbkdf2);

/** Every item through `work`, at most `limit` at a time. */
async function each(
  items: number,
  limit: number,
  work: (item: number) => Promise<unknown>,
): Promise<{ items: number }> {
  const numbers = Array.from({ length: items }, (_, i) => i);
  for await (const _ of mapUnordered(numbers, work, { concurrency: limit }));
  return { items };
}

function traced(recorder: Surroundings["recorder"], work: () => void): void {
  const startMs = recorder.now();
  work();
  recorder.span("compute", "cpu", "item", startMs, recorder.now());
}

/** The situations of the diagnosis, each built to have its limit. */
export const situations: readonly Situation[] = [
  {
    name: "I/O-bound below the limit",
    truth: "the server could do more, the limit is 20",
    rule: "io-bound",
    server: { delayMs: 50 },
    limit: 20,
    run: async (around) => {
      await using requests = openRequests(around, 20);
      return await each(400, 20, requests.request);
    },
  },
  {
    name: "server at capacity",
    truth: "the server does 20 at once, 60 are in flight",
    rule: "server-bound",
    server: { delayMs: 50, capacity: 20 },
    limit: 60,
    run: async (around) => {
      await using requests = openRequests(around, 60);
      return await each(500, 60, requests.request);
    },
  },
  {
    name: "CPU-bound main thread",
    truth: "hashing on the main thread takes all its time",
    rule: "cpu-bound",
    server: { delayMs: 50 },
    limit: 20,
    run: async (around) => {
      await using requests = openRequests(around, 20);
      return await each(60, 20, async (item) => {
        traced(around.recorder, () => pbkdf2Sync("password", "salt", 60_000, 32, "sha256"));
        await requests.request(item);
      });
    },
  },
  {
    name: "thread-pool-bound",
    truth: "libuv's pool has one thread, and all the work",
    rule: "thread-bound",
    server: { delayMs: 5 },
    limit: 20,
    environment: { UV_THREADPOOL_SIZE: "1" },
    run: async (around) => {
      await using requests = openRequests(around, 20);
      return await each(60, 20, async (item) => {
        await hash("password", "salt", 60_000, 32, "sha256");
        await requests.request(item);
      });
    },
  },
  {
    name: "blocking call",
    truth: "every tenth item waits for a child process, synchronously",
    rule: "blocked",
    server: { delayMs: 50 },
    limit: 20,
    run: async (around) => {
      await using requests = openRequests(around, 20);
      return await each(200, 20, async (item) => {
        if (item % 10 === 0) execSync("sleep 0.04");
        await requests.request(item);
      });
    },
  },
  {
    name: "stop-and-go",
    truth: "waves of 40, and each waits for its slowest",
    rule: "stop-and-go",
    server: { delayMs: 20, jitterMs: 150 },
    limit: 40,
    run: async (around) => {
      await using requests = openRequests(around, 40);
      for (let wave = 0; wave < 8; wave++) await each(40, 40, (item) => requests.request(wave * 40 + item));
      return { items: 8 * 40 };
    },
  },
  {
    name: "client-bound",
    truth: "taking an answer apart costs the client 2 ms",
    rule: "client-bound",
    server: { delayMs: 50 },
    limit: 100,
    run: async (around) => {
      await using requests = openRequests(around, 100);
      return await each(500, 100, async (item) => {
        const text = await requests.request(item);
        // Not recorded as computing: it is what a client does that parses, checks and logs.
        pbkdf2Sync(text, "salt", 12_000, 32, "sha256");
      });
    },
  },
  {
    name: "slow source",
    truth: "an item comes every 5 ms, the limit is 100",
    rule: "under-filled",
    server: { delayMs: 50 },
    limit: 100,
    run: async (around) => {
      await using requests = openRequests(around, 100);
      const under: Promise<unknown>[] = [];
      for (let item = 0; under.length < 150; item++) {
        under.push(requests.request(item));
        await delay(5);
      }
      await Promise.all(under);
      return { items: under.length };
    },
  },
  {
    name: "too few requests",
    truth: "six requests say nothing",
    rule: "not-conclusive",
    server: { delayMs: 50 },
    limit: 20,
    run: async (around) => {
      await using requests = openRequests(around, 20);
      return await each(6, 20, requests.request);
    },
  },
];
