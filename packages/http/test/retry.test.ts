import { RetryBudget } from "@overlap/policy";
import { expect, test } from "vitest";
import { answerRequests, findClosedAddress, holdRequests, speakRaw } from "./loopback.ts";
import { failureOf, openSession } from "./open-session.ts";

const soon = { baseDelayMs: 1 };

/** A server that gives these statuses one after the other, the last for ever, and counts. */
async function startStatuses(
  statuses: readonly number[],
  headers: Record<string, string> = {},
): Promise<{ readonly url: string; readonly requests: number[] }> {
  const requests: number[] = [];
  const url = await answerRequests((_, response) => {
    const status = statuses[Math.min(requests.length, statuses.length - 1)] ?? 500;
    requests.push(performance.now());
    response.writeHead(status, status >= 400 ? headers : {}).end(`answer ${requests.length}`);
  });
  return { url, requests };
}

test("sends a request once unless it is told to retry", async () => {
  const { url, requests } = await startStatuses([503]);
  const response = await openSession().get(url);
  expect([response.status, response.attempts, requests.length]).toEqual([503, 1, 1]);
});

test("sends it again after a status that may pass", async () => {
  const { url } = await startStatuses([503, 429, 502, 504, 200]);
  const session = openSession({ limit: 1, retry: { ...soon, attempts: 5 } });
  const response = await session.get(url);
  expect([response.status, response.attempts, await response.text()]).toEqual([200, 5, "answer 5"]);
});

test("gives the last status as an answer, with its body", async () => {
  const { url, requests } = await startStatuses([503]);
  const response = await openSession({ retry: { ...soon, attempts: 3 } }).get(url);
  expect([response.status, response.attempts, await response.text()]).toEqual([503, 3, "answer 3"]);
  expect(requests).toHaveLength(3);
});

test("retries no other status, and no method that may count twice", async () => {
  const session = openSession({ retry: soon });
  const missing = await startStatuses([404]);
  expect((await session.get(missing.url)).attempts).toBe(1);
  const broken = await startStatuses([500]);
  expect((await session.get(broken.url)).attempts).toBe(1);
  const busy = await startStatuses([503]);
  expect((await session.post(busy.url)).attempts).toBe(1);
  expect((await session.put(busy.url, { retry: { ...soon, attempts: 2 } })).attempts).toBe(2);
});

test("takes other statuses and methods when it is told so", async () => {
  const { url } = await startStatuses([500, 200]);
  const session = openSession({ retry: { ...soon, statuses: [500], methods: ["post"] } });
  expect((await session.post(url)).attempts).toBe(2);
});

test("can be switched off, or on, for one request", async () => {
  const { url } = await startStatuses([503]);
  const eager = openSession({ retry: { ...soon, attempts: 2 } });
  expect((await eager.get(url, { retry: false })).attempts).toBe(1);
  expect((await eager.get(url, { timeoutMs: 1_000 })).attempts).toBe(2);
  expect((await openSession().get(url, { retry: { ...soon, attempts: 3 } })).attempts).toBe(3);
});

test("sends again what has not reached the server, whatever the method", async () => {
  const url = `http://${await findClosedAddress()}`;
  const failure = await failureOf(openSession({ retry: { ...soon, attempts: 3 } }).post(url, { body: "x" }));
  expect(failure).toMatchObject({ code: "OVERLAP_HTTP_CONNECT", attempts: 3 });
});

test("does not ask again for a name that does not exist", async () => {
  const lookup = () => Promise.reject(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }));
  const failure = await failureOf(openSession({ retry: soon, lookup }).get("http://nowhere.test"));
  expect(failure).toMatchObject({ code: "OVERLAP_HTTP_CONNECT", attempts: 1 });
  expect(failure.message).toBe("could not connect to nowhere.test:80: no such host");
});

test("sends again what was lost or late, if it may be sent twice", async () => {
  let requests = 0;
  const { url } = await speakRaw(({ socket }) => {
    requests++;
    if (requests === 1) socket.end();
    else if (requests === 2) socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
    else if (requests > 3) socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
  });
  const session = openSession({ retry: soon, timeoutMs: 100 });
  const response = await session.get(url);
  expect([await response.text(), response.attempts]).toEqual(["hi", 4]);
  requests = 0;
  expect(await failureOf(session.post(url))).toMatchObject({
    code: "OVERLAP_HTTP_CONNECTION_LOST",
    attempts: 1,
  });
});

test("gives each attempt its whole time", async () => {
  let requests = 0;
  const { url } = await speakRaw(({ socket }) => {
    if (++requests === 3) setTimeout(() => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), 60);
  });
  const response = await openSession({ retry: soon, timeoutMs: 100 }).get(url);
  expect(response.attempts).toBe(3);
  expect(response.timings.queuedMs).toBeGreaterThan(190);
});

test("begins no attempt after the time for all of them", async () => {
  const { url } = await startStatuses([503]);
  const options = { retry: { attempts: 10, baseDelayMs: 100, random: () => 1, maxElapsedMs: 250 } };
  const response = await openSession(options).get(url);
  expect(response.attempts).toBe(2);
});

test("keeps retries to ten and a fifth of the requests", async () => {
  const { url, requests } = await startStatuses([503]);
  const session = openSession({ limit: 10, retry: { ...soon, attempts: 10 } });
  const answers = Array.from({ length: 200 }, () => session.get(url));
  for (const answer of answers) expect((await answer).status).toBe(503);
  expect(requests).toHaveLength(250);
});

test("shares a budget that it is given", async () => {
  const { url, requests } = await startStatuses([503]);
  const budget = new RetryBudget({ ratio: 0, reserve: 3 });
  for (const session of [openSession(), openSession()]) {
    for (let i = 0; i < 5; i++) await session.get(url, { retry: { ...soon, budget } });
  }
  expect(requests).toHaveLength(13);
});

test("can be cancelled while it waits for the next attempt", async () => {
  const { url, requests } = await startStatuses([503]);
  const session = openSession({ retry: { baseDelayMs: 60_000, maxDelayMs: 60_000, random: () => 1 } });
  const request = session.get(url);
  await expect.poll(() => requests.length === 1 && session.inFlight === 0).toBe(true);
  expect(request.cancel()).toBe(true);
  await session.close();
  expect(requests).toHaveLength(1);
});

test("is finished by close(), and ended by dispose", async () => {
  const { url } = await startStatuses([503, 503, 200]);
  const session = openSession({ retry: { baseDelayMs: 20, random: () => 1 } });
  const request = session.get(url);
  await session.close();
  expect((await request).status).toBe(200);
  const endless = await startStatuses([503]);
  const other = openSession({ retry: { baseDelayMs: 60_000, maxDelayMs: 60_000, random: () => 1 } });
  const waiting = other.get(endless.url);
  await expect.poll(() => endless.requests.length === 1 && other.inFlight === 0).toBe(true);
  await other[Symbol.asyncDispose]();
  expect(waiting.state).toBe("cancelled");
});

test("retries a streamed request before its answer is given, and not after", async () => {
  const { url } = await startStatuses([503, 200]);
  const response = await openSession({ retry: soon }).get(url, { stream: true });
  expect([response.status, response.attempts, await response.text()]).toEqual([200, 2, "answer 2"]);
});

test("waits for Retry-After, and sends nothing else to that host before", async () => {
  const { url, requests } = await startStatuses([429, 200], { "retry-after": "1" });
  const other = await startStatuses([200]);
  const session = openSession({ limit: 4, retry: soon });
  const first = session.get(url);
  await expect.poll(() => requests.length).toBe(1);
  await expect.poll(() => session.inFlight).toBe(0);
  const later = [session.get(url), session.get(url)];
  expect([session.inFlight, session.queued]).toEqual([0, 2]);
  expect((await session.get(other.url)).status).toBe(200);
  expect(later.map(({ done }) => done)).toEqual([false, false]);
  expect((await first).status).toBe(200);
  for (const answer of later) await answer;
  const [refusedMs = 0, ...againMs] = requests;
  for (const atMs of againMs) expect(atMs - refusedMs).toBeGreaterThanOrEqual(990);
});

test("slows a host that asks for it also when nothing is retried", async () => {
  const date = new Date(Date.now() + 3_000).toUTCString();
  const { url, requests } = await startStatuses([503, 200], { "retry-after": date });
  const session = openSession();
  expect((await session.get(url)).status).toBe(503);
  expect((await session.get(url)).status).toBe(200);
  expect((requests[1] ?? 0) - (requests[0] ?? 0)).toBeGreaterThan(1_500);
});

test("makes no longer pause than it is told, and does not retry what asks for one", async () => {
  const { url, requests } = await startStatuses([503, 200], { "retry-after": "3600" });
  const session = openSession({ retry: soon, maxRetryAfterMs: 50 });
  expect(await session.get(url)).toMatchObject({ status: 503, attempts: 1 });
  expect((await session.get(url)).status).toBe(200);
  expect((requests[1] ?? 0) - (requests[0] ?? 0)).toBeGreaterThan(45);
});

test("pays no attention to Retry-After when it is told so", async () => {
  const { url } = await startStatuses([503, 200], { "retry-after": "3600" });
  expect((await openSession({ retry: soon, maxRetryAfterMs: 0 }).get(url)).attempts).toBe(2);
});

test("lets a request leave the queue of a host that is held off", async () => {
  const { url } = await startStatuses([503], { "retry-after": "30" });
  const session = openSession();
  await session.get(url);
  const waiting = session.get(url, { queueTimeoutMs: 30 });
  const cancelled = session.get(url);
  cancelled.cancel();
  expect((await failureOf(waiting)).code).toBe("OVERLAP_HTTP_TIMEOUT_QUEUE");
  await session.close();
});

test("goes before those who wait when it is sent again", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 1, retry: { baseDelayMs: 0 } });
  const first = session.get(`${server.url}/first`);
  const others = [session.get(`${server.url}/second`), session.get(`${server.url}/third`)];
  await server.arrived(1);
  server.held[0]?.response.writeHead(503).end();
  await server.arrived(2);
  await expect.poll(() => session.queued).toBe(2);
  server.held[1]?.response.end();
  await server.arrived(3);
  server.held[2]?.response.end();
  await server.arrived(4);
  server.held[3]?.response.end();
  for (const answer of [first, ...others]) expect((await answer).status).toBe(200);
  expect(server.held.map(({ path }) => path)).toEqual(["/first", "/second", "/first", "/third"]);
});
