import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer, type Socket } from "node:net";
import { Session } from "@overlap/http";
import { expect, onTestFinished, test } from "vitest";
import { holdRequests, listen, speakRaw } from "./loopback.ts";
import { failureOf, openSession } from "./open-session.ts";

const good = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

test.each(["GET", "POST"])(
  "sends a %s on another connection when the one it was given is reset before it is sent",
  async (method) => {
    const { url } = await speakRaw(({ socket }) => {
      socket.write(good, () => setImmediate(() => socket.resetAndDestroy()));
    });
    const session = openSession({ limit: 1, keepAliveRetry: false });
    for (let i = 0; i < 3; i++) {
      await session.request({ url, method });
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
);

/** A server that takes connections and never says a word, so that no TLS connection is ever open. */
async function acceptOnly(): Promise<{ readonly url: string; readonly peers: ReadonlySet<Socket> }> {
  const server = createServer();
  const url = (await listen(server)).replace("http:", "https:");
  const peers = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    peers.add(socket);
    socket.on("error", () => {}).once("close", () => peers.delete(socket));
    socket.resume();
  });
  return { url, peers };
}

/** Sockets of this process, those of its servers included. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}

test.each(["ends", "is cancelled"])("leaves no connection half open when its request %s", async (how) => {
  const { url, peers } = await acceptOnly();
  const session = openSession({ limit: 2, connectTimeoutMs: how === "ends" ? 20 : 10_000 });
  for (let i = 0; i < 5; i++) {
    const requests = [session.get(url), session.get(url)];
    if (how === "ends") {
      for (const request of requests)
        expect((await failureOf(request)).code).toBe("OVERLAP_HTTP_TIMEOUT_CONNECT");
    } else {
      await expect.poll(() => peers.size).toBe(2);
      for (const request of requests) request.cancel();
    }
    await expect.poll(() => peers.size).toBe(0);
  }
});

test("takes a connection that is open before it makes one anew", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 2 });
  const [one, two] = [session.get(server.url), session.get(server.url)];
  await server.arrived(2);
  server.held[0]?.response.end();
  await Promise.race([one, two]);
  for (const request of [one, two]) request.cancel();
  const third = session.get(server.url);
  await server.arrived(3);
  server.held[2]?.response.end();
  await third;
  expect(server.connections).toBe(2);
  expect(server.held[2]?.connection).toBe(server.held[0]?.connection);
});

test("forgets an idle connection that the server closed, and takes another", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 2 });
  const requests = [session.get(server.url), session.get(server.url)];
  await server.arrived(2);
  server.held[0]?.response.end();
  await Promise.race(requests);
  server.held[1]?.response.end();
  await Promise.all(requests);
  server.held[1]?.response.req.socket.end();
  await expect.poll(() => server.openConnections).toBe(1);
  const third = session.get(server.url);
  await server.arrived(3);
  server.held[2]?.response.end();
  await third;
  expect(server.connections).toBe(2);
});

test("opens one connection for each cancelled request, and none that stays", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 4 });
  for (let i = 0; i < 10; i++) {
    const requests = Array.from({ length: 4 }, () => session.get(server.url));
    await server.arrived(4 * (i + 1));
    for (const request of requests) request.cancel();
    expect(session.inFlight).toBe(0);
  }
  expect(server.connections).toBe(40);
  await expect.poll(() => server.openConnections).toBe(0);
});

test("closes what is idle for too long, and answers on", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 3, keepAliveMs: 30 });
  for (let round = 0; round < 2; round++) {
    const requests = Array.from({ length: 3 }, () => session.get(server.url));
    await server.arrived(3 * (round + 1));
    for (const { response } of server.held) response.end();
    await Promise.all(requests);
    await expect.poll(() => server.openConnections).toBe(0);
  }
  expect(server.connections).toBe(6);
});

test("is closed only when the connections of cancelled requests are", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 10 });
  const requests = Array.from({ length: 10 }, () => session.get(server.url));
  await server.arrived(10);
  const before = openSockets();
  for (const request of requests) request.cancel();
  await session.close();
  expect(openSockets()).toBeLessThanOrEqual(before - 10);
});

test("gives up the connections that are being opened when it is disposed", async () => {
  const { url, peers } = await acceptOnly();
  const session = new Session({ limit: 3 });
  const requests = Array.from({ length: 3 }, () => session.get(url));
  await expect.poll(() => peers.size).toBe(3);
  await session[Symbol.asyncDispose]();
  expect(requests.map(({ state }) => state)).toEqual(Array(3).fill("cancelled"));
  await expect.poll(() => peers.size).toBe(0);
});

test("opens no connection for a request that is cancelled in the turn in which it gets its slot", async () => {
  let opened = 0;
  const count = () => opened++;
  subscribe("undici:client:beforeConnect", count);
  onTestFinished(() => void unsubscribe("undici:client:beforeConnect", count));
  const server = await holdRequests();
  const session = openSession({ limit: 1 });
  const requests = Array.from({ length: 1_000 }, () => session.get(server.url));
  await server.arrived(1);
  for (const request of requests) request.cancel();
  await session.close();
  expect([opened, server.connections]).toEqual([1, 1]);
});
