import { createServer } from "node:http";
import { auto, type Slot, type SlotOutcome } from "@overlap/policy";
import { Trace } from "@overlap/trace";
import { expect, test } from "vitest";
import { listen } from "./loopback.ts";
import { openSession } from "./open-session.ts";

/** Answers each request after 5 ms; returns its address and the most that were there at once. */
async function startServer(status: number, headers: Record<string, string> = {}) {
  const seen = { serving: 0, most: 0 };
  const server = createServer((_request, response) => {
    seen.most = Math.max(seen.most, ++seen.serving);
    setTimeout(() => {
      seen.serving--;
      response.writeHead(status, headers).end("answer");
    }, 5);
  });
  return { url: await listen(server), seen };
}

test("finds out how many to have in flight, and notes down how it did", async () => {
  const { url, seen } = await startServer(200);
  const trace = new Trace();
  // However busy the machine is that this runs on.
  const session = openSession({ limit: auto({ busyMs: () => 0 }), trace });
  await Promise.all(Array.from({ length: 1_000 }, (_, i) => session.get(`${url}/${i}`)));
  expect(seen.most).toBeGreaterThan(4);
  const limits = [...trace.counters()].filter(({ counter }) => counter === "limit");
  expect(limits[0]).toMatchObject({ value: 4, reason: "where it begins" });
  expect(limits[1]).toMatchObject({ value: 8, reason: expect.stringMatching(/^doubling \(\d+\/s\)$/) });
});

test("tunes itself when it is told to", async () => {
  const { url } = await startServer(200);
  const trace = new Trace();
  const session = openSession({ limit: "auto", trace });
  await session.get(url);
  expect([...trace.counters()]).toMatchObject([{ counter: "limit", value: 4 }]);
});

test("tunes itself for each origin", async () => {
  const servers = await Promise.all([startServer(200), startServer(200)]);
  const trace = new Trace();
  const session = openSession({ perHost: "auto", trace });
  await Promise.all(servers.map(({ url }) => session.get(url)));
  const counters = [...trace.counters()].map(({ counter }) => counter);
  expect(counters.toSorted()).toEqual(servers.map(({ url }) => `limit of ${new URL(url).origin}`).toSorted());
});

test("stops noting down when it is closed", async () => {
  const { url } = await startServer(200);
  const trace = new Trace();
  const limiter = auto();
  const session = openSession({ limit: limiter, trace });
  await session.get(url);
  await session.close();
  const before = [...trace.counters()].length;
  const other = openSession({ limit: limiter });
  await Promise.all(Array.from({ length: 500 }, (_, i) => other.get(`${url}/${i}`)));
  expect([...trace.counters()].length).toBe(before);
});

test.each([
  [429, { "retry-after": "0" }, "rate-limited"],
  [429, { "x-ratelimit-remaining": "0" }, "rate-limited"],
  [503, { ratelimit: '"default";r=0;t=1' }, "rate-limited"],
  [429, {}, "overload"],
  [503, {}, "overload"],
  [500, {}, "error"],
  [404, {}, "ok"],
])("tells the limiter of a %i with %j that it went %s", async (status, headers, outcome) => {
  const { url } = await startServer(status, headers);
  const limiter = auto();
  const heard: (SlotOutcome | undefined)[] = [];
  const tryAcquire = limiter.tryAcquire.bind(limiter);
  limiter.tryAcquire = () => listening(tryAcquire(), heard);
  const session = openSession({ limit: limiter });
  await session.get(url);
  expect(heard).toEqual([outcome]);
});

function listening(slot: Slot | null, heard: (SlotOutcome | undefined)[]): Slot | null {
  if (slot === null) return null;
  return {
    release(outcome) {
      heard.push(outcome);
      slot.release(outcome);
    },
    [Symbol.dispose]: () => slot.release(),
  };
}
