import { fetchMany, type ManyOutcome } from "@overlap/http";
import { createTask, each } from "@overlap/loop";
import { FixedLimiter } from "@overlap/policy";
import { describe, expect, test } from "vitest";
import { answerRequests, findClosedAddress, holdRequests } from "./loopback.ts";
import { openSession } from "./open-session.ts";

/** A source that counts what is pulled from it and whether it was closed. */
function countedUrls(url: string, count = Number.POSITIVE_INFINITY) {
  const state = { pulled: 0, closed: false };
  function* pull() {
    try {
      while (state.pulled < count) yield `${url}/${state.pulled++}`;
    } finally {
      state.closed = true;
    }
  }
  return { state, urls: pull() };
}

const pathOf = (request: string) => new URL(request).pathname;

async function collect<R>(outcomes: AsyncIterable<ManyOutcome<R>>): Promise<ManyOutcome<R>[]> {
  const all: ManyOutcome<R>[] = [];
  for await (const outcome of outcomes) all.push(outcome);
  return all;
}

describe("fetchMany", () => {
  test("gives an outcome for every request, whatever becomes of it", async () => {
    const url = await answerRequests((request, response) =>
      response.writeHead(request.url === "/busy" ? 503 : 200).end(request.method),
    );
    const closed = `http://${await findClosedAddress()}/`;
    const nothing = null as unknown as string;
    const requests = [
      url,
      new URL(`${url}/busy`),
      { url, method: "POST", json: {} },
      "no URL",
      nothing,
      closed,
    ];
    const outcomes = await collect(fetchMany(requests, { concurrency: 2 }));
    const byRequest = new Map(outcomes.map((outcome) => [outcome.request, outcome]));
    const told = requests.map((request) => {
      const outcome = byRequest.get(request);
      return outcome?.ok ? outcome.response.status : outcome?.error.code;
    });
    const invalid = "OVERLAP_HTTP_INVALID_REQUEST";
    expect(told).toEqual([200, 503, 200, invalid, invalid, "OVERLAP_HTTP_CONNECT"]);
    expect(outcomes).toHaveLength(6);
  });

  test("never has more in flight than it may, in all and per host, and gives outcomes as they come", async () => {
    const server = await holdRequests();
    const { urls } = countedUrls(server.url, 4);
    const outcomes = fetchMany(urls, { concurrency: 3, perHost: 2 });
    const first = outcomes.next();
    await server.arrived(2);
    server.held[1]?.response.end();
    expect((await first).value).toMatchObject({ ok: true, request: `${server.url}/1` });
    for (const i of [2, 3, 0]) {
      if (i > 0) await server.arrived(i + 1);
      server.held[i]?.response.end();
      expect((await outcomes.next()).value).toMatchObject({ request: `${server.url}/${i}` });
    }
    expect(await outcomes.next()).toEqual({ done: true, value: undefined });
    expect(await outcomes.next()).toEqual({ done: true, value: undefined });
    expect(server.mostAtOnce).toBe(2);
  });

  test("gives outcomes in the order of the requests when it is told to", async () => {
    const url = await answerRequests((request, response) => {
      const i = Number(request.url?.slice(1));
      setTimeout(() => response.end(), (i * 7) % 11);
    });
    const outcomes = await collect(fetchMany(countedUrls(url, 50).urls, { concurrency: 10, ordered: true }));
    expect(outcomes.map(({ request }) => pathOf(request))).toEqual(outcomes.map((_, i) => `/${i}`));
    expect(outcomes).toHaveLength(50);
  });

  test("pulls a request when there is a slot for it, and not before", async () => {
    const server = await holdRequests();
    const { state, urls } = countedUrls(server.url);
    const outcomes = fetchMany(urls, { concurrency: 3 });
    expect(state.pulled).toBe(0);
    const first = outcomes.next();
    await server.arrived(3);
    expect(state.pulled).toBe(3);
    server.held[0]?.response.end();
    await first;
    await server.arrived(4);
    expect(state.pulled).toBe(4);
    await outcomes.return();
  });

  test("pulls nothing more while nobody takes what is ready", async () => {
    const url = await answerRequests((_, response) => response.end());
    const { state, urls } = countedUrls(url);
    const outcomes = fetchMany(urls, { concurrency: 4, maxReady: 10 });
    await outcomes.next();
    let before = -1;
    await expect
      .poll(
        () => {
          const same = state.pulled === before;
          before = state.pulled;
          return same;
        },
        { interval: 50 },
      )
      .toBe(true);
    expect(state.pulled).toBeLessThanOrEqual(1 + 10 + 4);
    await outcomes.return();
  });

  test("looks further for a host that is free when another is not", async () => {
    const stalled = await holdRequests();
    const free = await answerRequests((_, response) => response.end());
    let pulled = 0;
    function* urls() {
      for (; pulled < 200; pulled++) yield pulled < 100 ? stalled.url : free;
    }
    const outcomes = fetchMany(urls(), { concurrency: 10, perHost: 2 });
    for (let i = 0; i < 100; i++)
      expect((await outcomes.next()).value).toMatchObject({ ok: true, request: free });
    expect(stalled.mostAtOnce).toBe(2);
    await outcomes.return();
  });

  test("looks no further than it may", async () => {
    const stalled = await holdRequests();
    const { state, urls } = countedUrls(stalled.url);
    const outcomes = fetchMany(urls, { concurrency: 10, perHost: 2, lookahead: 20 });
    const taken = outcomes.next();
    await stalled.arrived(2);
    expect(state.pulled).toBe(30);
    await outcomes.return();
    expect(await taken).toEqual({ done: true, value: undefined });
  });

  test("cancels what is in flight and closes the source when its loop ends early", async () => {
    const server = await holdRequests();
    const { state, urls } = countedUrls(server.url);
    for await (const outcome of fetchMany(urls, { concurrency: 3, timeoutMs: 100 })) {
      expect(outcome.ok).toBe(false);
      break;
    }
    expect(state.closed).toBe(true);
    await expect.poll(() => server.openConnections).toBe(0);
  });

  test("does the same at the end of a scope, and of a coroutine", async () => {
    const server = await holdRequests();
    const first = countedUrls(server.url);
    {
      await using outcomes = fetchMany(first.urls, { concurrency: 2 });
      void outcomes.next();
      await server.arrived(2);
    }
    const second = countedUrls(server.url);
    const task = createTask(() => each(fetchMany(second.urls, { concurrency: 2 }), function* () {}));
    await server.arrived(4);
    task.cancel();
    await expect(task).rejects.toThrow("cancelled");
    expect([first.state.closed, second.state.closed]).toEqual([true, true]);
    await expect.poll(() => server.openConnections).toBe(0);
  });

  test("takes an async source, asks it for one at a time, and closes it", async () => {
    const url = await answerRequests((_, response) => response.end());
    let [asking, most, closed] = [0, 0, false];
    async function* urls() {
      try {
        for (let i = 0; ; i++) {
          most = Math.max(most, ++asking);
          await new Promise(setImmediate);
          asking--;
          yield `${url}/${i}`;
        }
      } finally {
        closed = true;
      }
    }
    let count = 0;
    for await (const outcome of fetchMany(urls(), { concurrency: 5 })) {
      expect(outcome.ok).toBe(true);
      if (++count === 50) break;
    }
    await expect.poll(() => closed).toBe(true);
    expect(most).toBe(1);
  });

  test("does not wait for a source that may never come back", async () => {
    async function* urls(): AsyncGenerator<string> {
      await new Promise(() => {});
      yield "never";
    }
    const outcomes = fetchMany(urls());
    const taken = outcomes.next();
    await outcomes.return();
    expect(await taken).toEqual({ done: true, value: undefined });
  });

  test.each([
    ["sync", (urls: Generator<string>) => urls],
    [
      "async",
      async function* (urls: Generator<string>) {
        yield* urls;
      },
    ],
  ])("throws what the source throws, after the outcomes of what it gave before: %s", async (_, toSource) => {
    const url = await answerRequests((_request, response) => response.end());
    function* urls() {
      for (let i = 0; i < 10; i++) yield `${url}/${i}`;
      throw new Error("the disk is gone");
    }
    const outcomes = fetchMany(toSource(urls()), { concurrency: 4 });
    let count = 0;
    const loop = (async () => {
      for await (const { ok } of outcomes) count += ok ? 1 : 0;
    })();
    await expect(loop).rejects.toThrow("the disk is gone");
    expect(count).toBe(10);
    expect(await outcomes.next()).toEqual({ done: true, value: undefined });
  });

  test("ends with no outcome when there is no request", async () => {
    expect(await collect(fetchMany([]))).toEqual([]);
    expect(await collect(fetchMany((async function* () {})()))).toEqual([]);
  });

  test("retries and limits as a session does", async () => {
    let requests = 0;
    const url = await answerRequests((_, response) => response.writeHead(requests++ < 3 ? 503 : 200).end());
    const limiter = new FixedLimiter(2);
    const outcomes = await collect(
      fetchMany([url, url, url], {
        concurrency: limiter,
        retry: { baseDelayMs: 1 },
        headers: { "x-a": "b" },
      }),
    );
    expect(outcomes.map((outcome) => outcome.ok && outcome.response.status)).toEqual([200, 200, 200]);
    expect([requests, limiter.idle]).toEqual([6, true]);
  });

  test("runs on a session that others use too, and leaves it open", async () => {
    const url = await answerRequests((_, response) => response.end());
    const session = openSession({ limit: 2 });
    const [a, b] = await Promise.all([
      collect(session.fetchMany(countedUrls(url, 20).urls)),
      collect(session.fetchMany(countedUrls(url, 20).urls, { ordered: true })),
      session.get(url),
    ]);
    expect([a.length, b.length]).toEqual([20, 20]);
    expect((await session.get(url)).status).toBe(200);
  });

  test("tells of requests that were in flight when the session was disposed", async () => {
    const server = await holdRequests();
    const session = openSession({ limit: 2 });
    const outcomes = session.fetchMany(countedUrls(server.url, 5).urls);
    const first = outcomes.next();
    await server.arrived(2);
    await session[Symbol.asyncDispose]();
    const all = [(await first).value, ...(await collect(outcomes))];
    expect(all.map((outcome) => outcome?.ok === false && outcome.error.code)).toEqual(
      Array(5).fill("OVERLAP_HTTP_SESSION_CLOSED"),
    );
  });

  test("refuses options outside their range", () => {
    expect(() => fetchMany([], { concurrency: 0 })).toThrow(
      "expected a positive integer for concurrency, got 0",
    );
    expect(() => fetchMany([], { maxReady: 0 })).toThrow("expected a positive integer for maxReady, got 0");
    expect(() => fetchMany([], { lookahead: -1 })).toThrow("expected an integer of at least 0 for lookahead");
  });
});
