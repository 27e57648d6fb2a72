import { TotalTimeoutError } from "@overlap/http";
import { expect, test } from "vitest";
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
