import { getEventListeners } from "node:events";
import { fetchMany } from "@overlap/http";
import { FixedLimiter } from "@overlap/policy";
import { expect, test, vi } from "vitest";
import { answerRequests, holdRequests, speakRaw } from "./loopback.ts";
import { openSession } from "./open-session.ts";

const reason = new Error("not needed any more");

test("ends a request that waits and one in flight with the reason of their signal", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 1 });
  const abort = new AbortController();
  const { signal } = abort;
  const requests = [session.get(server.url, { signal }), session.post(server.url, { signal, json: 1 })];
  const other = session.get(`${server.url}/other`);
  await server.arrived(1);
  abort.abort(reason);
  expect(requests.map(({ state }) => state)).toEqual(["failed", "failed"]);
  expect([session.inFlight, session.queued]).toEqual([1, 0]);
  for (const request of requests) await expect(request).rejects.toBe(reason);
  await server.arrived(2);
  server.held[1]?.response.end("fine");
  expect(await (await other).text()).toBe("fine");
  expect(server.held.map(({ path }) => path)).toEqual(["/", "/other"]);
});

test("sends nothing when the signal has fired already", async () => {
  const server = await holdRequests();
  const session = openSession();
  await expect(session.get(server.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect([session.inFlight, session.queued, server.connections]).toEqual([0, 0, 0]);
});

test("ends a request that waits for its next attempt", async () => {
  let asked = 0;
  const url = await answerRequests((_, response) => {
    asked++;
    response.writeHead(503, { "retry-after": "30" }).end();
  });
  const session = openSession({ retry: {} });
  const abort = new AbortController();
  const request = session.get(url, { signal: abort.signal });
  await expect.poll(() => asked).toBe(1);
  await expect.poll(() => session.inFlight).toBe(0);
  abort.abort(reason);
  await expect(request).rejects.toBe(reason);
  await session.close();
});

test("ends the body of a streamed answer, and frees its slot", async () => {
  const server = await speakRaw(({ socket }) =>
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"),
  );
  const session = openSession({ limit: 1 });
  const abort = new AbortController();
  const response = await session.get(server.url, { stream: true, signal: abort.signal });
  const text = response.text();
  abort.abort(reason);
  await expect(text).rejects.toBe(reason);
  expect(session.inFlight).toBe(0);
  await session.close();
  await expect.poll(() => server.openConnections).toBe(0);
});

test("listens to a signal once, however many requests share it, and not any more when they have ended", async () => {
  const url = await answerRequests((_, response) => response.end());
  const session = openSession({ limit: 10 });
  const { signal } = new AbortController();
  const requests = Array.from({ length: 1_000 }, () => session.get(url, { signal }));
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  await Promise.all(requests);
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});

test("starts nobody who waited when all of them end", async () => {
  const server = await holdRequests();
  const limiter = new FixedLimiter(5);
  const asked = vi.spyOn(limiter, "tryAcquire");
  const session = openSession({ limit: limiter });
  const abort = new AbortController();
  const requests = Array.from({ length: 1_000 }, () => session.get(server.url, { signal: abort.signal }));
  await server.arrived(5);
  abort.abort(reason);
  expect(await Promise.allSettled(requests)).toEqual(Array(1_000).fill({ status: "rejected", reason }));
  await session.close();
  expect(asked.mock.results.filter(({ value }) => value !== null)).toHaveLength(5);
  expect([server.connections, server.held.length]).toEqual([5, 5]);
});

test("ends an iteration: what is ready is given, what is in flight is cancelled, the source is closed", async () => {
  const server = await holdRequests();
  let closed = false;
  function* urls() {
    try {
      for (let i = 0; ; i++) yield `${server.url}/${i}`;
    } finally {
      closed = true;
    }
  }
  const abort = new AbortController();
  const outcomes = fetchMany(urls(), { concurrency: 3, signal: abort.signal });
  const first = outcomes.next();
  await server.arrived(3);
  server.held[0]?.response.end();
  expect((await first).value?.ok).toBe(true);
  const second = outcomes.next();
  abort.abort(reason);
  await expect(second).rejects.toBe(reason);
  expect(closed).toBe(true);
  expect(await outcomes.next()).toEqual({ done: true, value: undefined });
  await expect.poll(() => server.openConnections).toBe(0);
  expect(getEventListeners(abort.signal, "abort")).toHaveLength(0);
  await expect(fetchMany(urls(), { signal: abort.signal }).next()).rejects.toBe(reason);
});

test("is an outcome like others when it is that of one of many requests", async () => {
  const url = await answerRequests((_, response) => response.end());
  const outcomes: unknown[] = [];
  for await (const outcome of fetchMany([{ url, signal: AbortSignal.abort(reason) }, url]))
    outcomes.push(outcome);
  expect(outcomes).toMatchObject([
    { ok: false, error: { name: "RequestAbortedError", code: "OVERLAP_HTTP_ABORTED", cause: reason } },
    { ok: true },
  ]);
});
