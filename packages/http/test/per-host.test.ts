import { createServer, type ServerResponse } from "node:http";
import type { HttpResponse } from "@overlap/http";
import type { Future } from "@overlap/loop";
import { FixedLimiter, type Limiter, RetryBudget, type Slot, type SlotOutcome } from "@overlap/policy";
import { expect, test } from "vitest";
import { findClosedAddress, type HoldingServer, holdRequests, listen } from "./loopback.ts";
import { failureOf, openSession } from "./open-session.ts";

/** Answers what a server holds, now and later. */
async function answerAll(server: HoldingServer, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await server.arrived(i + 1);
    server.held[i]?.response.end();
  }
}

test("never has more in flight to one host than its limit, nor in all than the session's", async () => {
  const servers = await Promise.all([holdRequests(), holdRequests(), holdRequests()]);
  const session = openSession({ limit: 5, perHost: 2 });
  const requests = servers.flatMap(({ url }) =>
    Array.from({ length: 20 }, (_, i) => session.get(`${url}/${i}`)),
  );
  expect([session.inFlight, session.queued]).toEqual([5, 55]);
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(
      most,
      servers.reduce((sum, { serving }) => sum + serving, 0),
    );
  });
  await Promise.all(servers.map((server, i) => server.arrived(i < 2 ? 2 : 1)));
  await Promise.all([...servers.map((server) => answerAll(server, 20)), ...requests]);
  clearInterval(watch);
  expect(servers.map(({ mostAtOnce }) => mostAtOnce)).toEqual([2, 2, expect.toBeOneOf([1, 2])]);
  expect(most).toBeLessThanOrEqual(5);
  expect(servers.every(({ connections }) => connections <= 2)).toBe(true);
});

test("never exceeds its limits as the server counts them, through redirects, retries and closed connections", async () => {
  const hosts = Array.from({ length: 12 }, (_, i) => `127.0.1.${i + 1}`);
  const serving = new Map<string, number>();
  const most = { inAll: 0, toOne: 0 };
  let asked = 0;
  const server = createServer((request, response) => {
    const host = request.socket.localAddress ?? "";
    const toOne = (serving.get(host) ?? 0) + 1;
    serving.set(host, toOne);
    most.toOne = Math.max(most.toOne, toOne);
    most.inAll = Math.max(
      most.inAll,
      [...serving.values()].reduce((sum, count) => sum + count),
    );
    setTimeout(() => {
      serving.set(host, (serving.get(host) ?? 0) - 1);
      answerSomehow(asked++, `http://127.0.1.1:${request.socket.localPort}/end`, response);
    }, 5);
  });
  const { port } = new URL(await listen(server, "0.0.0.0"));
  const session = openSession({
    limit: 7,
    perHost: 2,
    retry: { baseDelayMs: 1, budget: new RetryBudget({ reserve: 1_000 }) },
  });
  const requests = Array.from({ length: 600 }, (_, i) => session.get(`http://${hosts[i % 12]}:${port}/${i}`));
  for (const request of requests) expect((await request).status).toBe(200);
  expect(asked).toBeGreaterThan(700);
  expect(most.inAll).toBeLessThanOrEqual(7);
  expect(most.toOne).toBeLessThanOrEqual(2);
});

/** An answer, a redirect, a demand to come back, or an answer that closes the connection. */
function answerSomehow(asked: number, location: string, response: ServerResponse): void {
  if (asked % 10 === 3 && response.req.url !== "/end") response.writeHead(302, { location });
  else if (asked % 10 === 6) response.writeHead(503);
  else if (asked % 10 === 9) response.writeHead(200, { connection: "close" });
  response.end();
}

test("serves a host in the order in which its requests came", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 10, perHost: 1 });
  const requests = Array.from({ length: 10 }, (_, i) => session.get(`${server.url}/${i}`));
  await answerAll(server, 10);
  await Promise.all(requests);
  expect(server.held.map(({ path }) => path)).toEqual(requests.map((_, i) => `/${i}`));
});

test("gives every host its share of the slots, so that one that stalls keeps no more than that", async () => {
  const stalled = await holdRequests();
  const others = await Promise.all([holdRequests(), holdRequests(), holdRequests()]);
  const session = openSession({ limit: 8 });
  const lost: Future<HttpResponse>[] = [];
  const requests: Future<HttpResponse>[] = [];
  for (let i = 0; i < 50; i++) {
    lost.push(session.get(stalled.url));
    for (const { url } of others) requests.push(session.get(url));
  }
  await stalled.arrived(2);
  await Promise.all(others.map((server) => answerAll(server, 50)));
  for (const request of requests) expect((await request).status).toBe(200);
  for (const request of lost) request.cancel();
});

test("lets a thousand hosts be served as if the one that stalls were not there", async () => {
  const stalled = await holdRequests();
  const busy = await holdRequests("0.0.0.0");
  const { port } = new URL(busy.url);
  const session = openSession({ limit: 20, perHost: 2 });
  const lost = Array.from({ length: 100 }, () => session.get(stalled.url));
  const hosts = Array.from({ length: 999 }, (_, i) => `127.0.${1 + (i >> 8)}.${i & 255}`);
  const requests = hosts.map((host) => session.get(`http://${host}:${port}/`));
  await answerAll(busy, 999);
  for (const request of requests) expect((await request).status).toBe(200);
  expect(stalled.mostAtOnce).toBe(2);
  expect(busy.mostAtOnce).toBeLessThanOrEqual(18);
  for (const request of lost) request.cancel();
});

test("keeps no more connections to idle hosts than it may", async () => {
  const server = await holdRequests("0.0.0.0");
  const { port } = new URL(server.url);
  const session = openSession({ limit: 4, maxConnections: 10 });
  const requests = Array.from({ length: 200 }, (_, i) => session.get(`http://127.0.1.${i + 1}:${port}/`));
  let most = 0;
  for (let i = 0; i < 200; i++) {
    await server.arrived(i + 1);
    most = Math.max(most, server.openConnections);
    server.held[i]?.response.end();
  }
  await Promise.all(requests);
  expect(most).toBeLessThanOrEqual(15);
});

test("starts no more per second than it may, in all and to each host", async () => {
  const servers = await Promise.all([holdRequests(), holdRequests()]);
  const startMs = performance.now();
  const session = openSession({ rate: { perSecond: 100 }, ratePerHost: { perSecond: 50, burst: 2 } });
  const requests = servers.flatMap(({ url }) => Array.from({ length: 6 }, () => session.get(url)));
  expect(session.inFlight).toBeLessThan(12);
  await Promise.all(servers.map((server) => answerAll(server, 6)));
  await Promise.all(requests);
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(109);
  const one = openSession({ ratePerHost: { perSecond: 0.1, burst: 2 } });
  const [first] = servers;
  const again = Array.from({ length: 4 }, () => one.get(first?.url ?? ""));
  expect([one.inFlight, one.queued]).toEqual([2, 2]);
  for (const request of again) request.cancel();
});

test("ends at once when nobody waits for a rate any more", async () => {
  const server = await holdRequests();
  const session = openSession({ rate: { perSecond: 0.01 } });
  const [first, second] = [session.get(server.url), session.get(server.url)];
  await server.arrived(1);
  server.held[0]?.response.end();
  await first;
  second.cancel();
  await session.close();
});

test("asks a limiter for slots, and tells it how each went", async () => {
  const outcomes: (SlotOutcome | undefined)[] = [];
  const limiter = new FixedLimiter(1);
  const shared: Limiter = {
    get limit() {
      return limiter.limit;
    },
    get inFlight() {
      return limiter.inFlight;
    },
    get idle() {
      return limiter.idle;
    },
    acquire: () => limiter.acquire(),
    onRoom: (listener) => limiter.onRoom(listener),
    tryAcquire: () => noteOutcome(limiter.tryAcquire(), outcomes),
  };
  const server = await holdRequests();
  const [one, two] = [openSession({ limit: shared }), openSession({ limit: shared })];
  const requests = [one.get(server.url), two.get(server.url), one.get(server.url), two.get(server.url)];
  const statuses = [200, 429, 404, 500];
  for (const [i, status] of statuses.entries()) {
    await server.arrived(i + 1);
    expect(limiter.inFlight).toBe(1);
    server.held[i]?.response.writeHead(status).end();
  }
  await Promise.all(requests);
  expect(outcomes).toEqual(["ok", "overload", "ok", "error"]);
  await failureOf(one.get(`http://${await findClosedAddress()}`));
  const cancelled = one.get(server.url);
  await server.arrived(5);
  cancelled.cancel();
  expect(outcomes.slice(4)).toEqual(["overload", "cancelled"]);
});

function noteOutcome(slot: Slot | null, outcomes: (SlotOutcome | undefined)[]): Slot | null {
  if (slot === null) return null;
  const release = (outcome?: SlotOutcome) => {
    outcomes.push(outcome);
    slot.release(outcome);
  };
  return { release, [Symbol.dispose]: release };
}

test("takes a limiter for each host, which others may use too", async () => {
  const server = await holdRequests();
  const limiter = new FixedLimiter(1);
  const origins: string[] = [];
  const session = openSession({
    perHost: (origin) => {
      origins.push(origin);
      return limiter;
    },
  });
  const slot = limiter.tryAcquire();
  const request = session.get(`${server.url}/x`);
  expect([session.inFlight, session.queued, origins]).toEqual([0, 1, [server.url]]);
  slot?.release();
  expect([session.inFlight, session.queued]).toEqual([1, 0]);
  await answerAll(server, 1);
  expect((await request).status).toBe(200);
});

test("follows a limit that changes, without a limit of its own for the host", async () => {
  const limiter = new AdjustableLimiter(2);
  const server = await holdRequests();
  const session = openSession({ limit: limiter });
  const requests = Array.from({ length: 20 }, () => session.get(server.url));
  await server.arrived(2);
  limiter.adjust(5);
  await server.arrived(5);
  expect([server.serving, session.inFlight]).toEqual([5, 5]);
  limiter.adjust(1);
  for (let i = 0; i < 4; i++) {
    server.held[i]?.response.end();
    await expect.poll(() => session.inFlight).toBe(4 - i);
  }
  expect([session.inFlight, session.queued, server.held.length]).toEqual([1, 15, 5]);
  limiter.adjust(3);
  await server.arrived(7);
  for (let i = 4; i < 20; i++) {
    await server.arrived(i + 1);
    server.held[i]?.response.end();
  }
  await Promise.all(requests);
  expect([server.mostAtOnce, server.connections]).toEqual([5, 5]);
});

/** A limiter as a controller would be. */
class AdjustableLimiter implements Limiter {
  limit: number;
  inFlight = 0;
  readonly #listeners = new Set<() => void>();

  constructor(limit: number) {
    this.limit = limit;
  }

  get idle(): boolean {
    return this.inFlight === 0;
  }

  acquire(): never {
    throw new Error("a session keeps a line of its own");
  }

  adjust(limit: number): void {
    this.limit = limit;
    for (const listener of this.#listeners) listener();
  }

  tryAcquire(): Slot | null {
    if (this.inFlight >= this.limit) return null;
    this.inFlight++;
    const release = () => {
      this.inFlight--;
      if (this.inFlight < this.limit) for (const listener of this.#listeners) listener();
    };
    return { release, [Symbol.dispose]: release };
  }

  onRoom(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
