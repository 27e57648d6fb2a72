import { type GetOptions, TotalTimeoutError } from "@overlap/http";
import { expect, test } from "vitest";
import { startChildServer } from "./child-server.ts";
import { answerRequests, holdRequests, speakRaw } from "./loopback.ts";
import { block, failureOf, openSession } from "./open-session.ts";

test("fails a request that is not answered in time, and goes on with the next", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 1, timeoutMs: 30 });
  const late = session.get(`${server.url}/late`);
  const next = session.get(`${server.url}/next`, { timeoutMs: Number.POSITIVE_INFINITY });
  const failure = await failureOf(late);
  expect(failure).toBeInstanceOf(TotalTimeoutError);
  expect(failure).toMatchObject({ code: "OVERLAP_HTTP_TIMEOUT_TOTAL", url: `${server.url}/late` });
  expect(failure.message).toBe(`${server.url}/late did not answer within 30 ms`);
  await server.arrived(2);
  server.held[1]?.response.end();
  expect((await next).status).toBe(200);
});

test("fails an answer that drips for ever", async () => {
  const { url } = await speakRaw(({ socket }) => {
    socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    const drip = setInterval(() => socket.write("1\r\nx\r\n"), 1);
    socket.once("close", () => clearInterval(drip));
  });
  const failure = await failureOf(openSession().get(url, { timeoutMs: 50 }));
  expect(failure.message).toBe(`${url}/ did not finish its answer within 50 ms`);
});

test("fails interim answers that never end", async () => {
  const { url } = await speakRaw(({ socket }) => {
    const drip = setInterval(() => socket.write("HTTP/1.1 103 Early Hints\r\n\r\n"), 1);
    socket.once("close", () => clearInterval(drip));
  });
  expect((await failureOf(openSession().get(url, { timeoutMs: 50 }))).code).toBe(
    "OVERLAP_HTTP_TIMEOUT_TOTAL",
  );
});

test("does not count the time in the queue", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 1 });
  const first = session.get(server.url);
  const second = session.get(server.url, { timeoutMs: 1_000 });
  await server.arrived(1);
  block(1_100);
  server.held[0]?.response.end();
  await first;
  await server.arrived(2);
  server.held[1]?.response.end();
  const { timings } = await second;
  const { queuedMs, connectMs, firstByteMs, endMs } = timings;
  expect(queuedMs).toBeGreaterThan(1_000);
  expect([queuedMs, connectMs, firstByteMs, endMs].toSorted((a, b) => a - b)).toEqual(Object.values(timings));
});

test("gives up on a request that gets no slot in time, and sends nothing", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 1 });
  const first = session.get(`${server.url}/first`);
  const second = session.get(`${server.url}/second`, { queueTimeoutMs: 30 });
  const failure = await failureOf(second);
  expect(failure).toMatchObject({
    name: "QueueTimeoutError",
    code: "OVERLAP_HTTP_TIMEOUT_QUEUE",
    attempts: 0,
  });
  expect(failure.message).toBe(`${server.url}/second got no slot within 30 ms`);
  expect([session.inFlight, session.queued]).toEqual([1, 0]);
  await server.arrived(1);
  server.held[0]?.response.end();
  await first;
  await session.close();
  expect(server.held.map(({ path }) => path)).toEqual(["/first"]);
});

test("gives up on a connection that takes too long: the name is not found", async () => {
  const session = openSession({ limit: 1, lookup: () => new Promise(() => {}) });
  const failure = await failureOf(session.get("http://nowhere.test/", { connectTimeoutMs: 30 }));
  expect(failure).toMatchObject({ name: "ConnectTimeoutError", code: "OVERLAP_HTTP_TIMEOUT_CONNECT" });
  expect(failure.message).toBe("http://nowhere.test/ had no connection within 30 ms");
  const url = await answerRequests((_, response) => response.end());
  expect((await session.get(url)).status).toBe(200);
});

test("gives up on a connection that takes too long: TLS is not answered", async () => {
  const silent = await speakRaw(() => {});
  const session = openSession({ limit: 1, connectTimeoutMs: 30 });
  const failure = await failureOf(session.get(silent.url.replace("http:", "https:")));
  expect(failure.code).toBe("OVERLAP_HTTP_TIMEOUT_CONNECT");
  await session.close();
  await expect.poll(() => silent.openConnections).toBe(0);
});

test("gives up on a header that does not come, however the body would be", async () => {
  const { url } = await speakRaw(({ socket }) => socket.write("HTTP/1.1 200 OK\r\n"));
  const failure = await failureOf(openSession().get(url, { headersTimeoutMs: 30 }));
  expect(failure).toMatchObject({ name: "HeadersTimeoutError", code: "OVERLAP_HTTP_TIMEOUT_HEADERS" });
  expect(failure.message).toBe(`${url}/ sent no header within 30 ms`);
});

test("gives up on a body that stops, and not on one that is slow", async () => {
  const { url } = await speakRaw(({ socket, path }) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n");
    let left = path === "/slow" ? 20 : 3;
    const drip = setInterval(() => {
      if (left-- > 0) socket.write("x");
    }, 2);
    socket.once("close", () => clearInterval(drip));
  });
  const session = openSession({ idleTimeoutMs: 500 });
  expect(await (await session.get(`${url}/slow`)).text()).toBe("x".repeat(20));
  const failure = await failureOf(session.get(`${url}/stops`, { idleTimeoutMs: 50 }));
  expect(failure).toMatchObject({ name: "IdleTimeoutError", code: "OVERLAP_HTTP_TIMEOUT_IDLE" });
  expect(failure.message).toBe(`${url}/stops sent nothing of its body for 50 ms`);
});

test("fails with the deadline that passed first, whichever was set shorter", async () => {
  const { url } = await speakRaw(({ socket, path }) => {
    if (path === "/body") socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
  });
  const session = openSession();
  const codeOf = async (path: string, options: GetOptions) =>
    (await failureOf(session.get(url + path, options))).code;
  expect(await codeOf("/none", { headersTimeoutMs: 20, timeoutMs: 5_000 })).toBe(
    "OVERLAP_HTTP_TIMEOUT_HEADERS",
  );
  expect(await codeOf("/none", { headersTimeoutMs: 5_000, timeoutMs: 20 })).toBe(
    "OVERLAP_HTTP_TIMEOUT_TOTAL",
  );
  expect(await codeOf("/body", { headersTimeoutMs: 20, idleTimeoutMs: 60 })).toBe(
    "OVERLAP_HTTP_TIMEOUT_IDLE",
  );
  expect(await codeOf("/body", { idleTimeoutMs: 60, timeoutMs: 20 })).toBe("OVERLAP_HTTP_TIMEOUT_TOTAL");
  expect(await codeOf("/body", { connectTimeoutMs: 20, idleTimeoutMs: 60 })).toBe(
    "OVERLAP_HTTP_TIMEOUT_IDLE",
  );
});

test.each<[string, GetOptions]>([
  ["connect", { connectTimeoutMs: 200 }],
  ["headers", { headersTimeoutMs: 200 }],
  ["idle", { idleTimeoutMs: 200 }],
  ["total", { timeoutMs: 200 }],
])(
  "keeps an answer that came while the event loop was blocked beyond the deadline: %s",
  async (_, options) => {
    const { url } = await startChildServer();
    const session = openSession();
    expect(await (await session.get(url)).text()).toBe("hello");
    const fresh = openSession();
    const answers = [session.get(`${url}/used`, options), fresh.get(`${url}/new`, options)];
    await new Promise(setImmediate);
    block(600);
    for (const answer of answers) expect(await (await answer).text()).toBe("hello");
  },
);

test.each([
  ["small", 10],
  ["large, which takes many reads", 1_000_000],
])("keeps an answer that came while the event loop was blocked: %s", async (_, bytes) => {
  const server = await holdRequests();
  const session = openSession();
  const request = session.get(server.url, { timeoutMs: 200 });
  await server.arrived(1);
  server.held[0]?.response.end("x".repeat(bytes));
  block(500);
  expect(await (await request).text()).toHaveLength(bytes);
});

test("serves requests with very many different deadlines", async () => {
  const url = await answerRequests((_, response) => response.end());
  const session = openSession();
  const requests = Array.from({ length: 500 }, (_, i) => session.get(url, { timeoutMs: 20_000 + i }));
  for (const request of requests) expect((await request).status).toBe(200);
  const server = await holdRequests();
  const late = Array.from({ length: 100 }, (_, i) => session.get(server.url, { timeoutMs: 20 + i / 10 }));
  for (const request of late) expect(await failureOf(request)).toBeInstanceOf(TotalTimeoutError);
});
