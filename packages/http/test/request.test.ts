import type { IncomingMessage, ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import { InvalidRequestError, type RequestOptions, Session } from "@overlap/http";
import { expect, test } from "vitest";
import { answerRequests, findClosedAddress } from "./loopback.ts";
import { failureOf, openSession } from "./open-session.ts";

/** What arrived, told back as JSON. */
interface Echo {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly type?: string;
  readonly custom?: string;
  readonly agent?: string;
  readonly authorization?: string;
  readonly accepts?: string;
}

async function startEcho(): Promise<string> {
  return await answerRequests((request, response) => void sendBack(request, response));
}

async function sendBack(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url, headers } = request;
  const body = await readText(request);
  const { "content-type": type, "x-custom": custom, "user-agent": agent, authorization } = headers;
  const accepts = headers["accept-encoding"];
  response.end(JSON.stringify({ method, url, body, type, custom, agent, authorization, accepts }));
}

async function echo(session: Session, options: RequestOptions): Promise<Echo> {
  return await (await session.request(options)).json<Echo>();
}

test("posts a value as JSON", async () => {
  const response = await openSession().post(await startEcho(), { json: { name: "ä", list: [1, 2] } });
  expect(await response.json()).toMatchObject({
    method: "POST",
    body: '{"name":"ä","list":[1,2]}',
    type: "application/json",
  });
});

test("posts text and bytes", async () => {
  const url = await startEcho();
  const session = openSession();
  expect(await echo(session, { method: "post", url, body: "grüß" })).toMatchObject({
    body: "grüß",
    type: "text/plain;charset=utf-8",
  });
  const bytes = new TextEncoder().encode("bytes");
  const sent = await echo(session, { method: "PUT", url, body: bytes });
  expect([sent.method, sent.body, sent.type]).toEqual(["PUT", "bytes", undefined]);
});

test.each([
  ["fields", { q: "a b&ü", n: [1, 2], none: undefined }, "q=a+b%26%C3%BC&n=1&n=2"],
  ["parameters", new URLSearchParams([["q", "x=y"]]), "q=x%3Dy"],
])("posts %s as a form", async (_, form, body) => {
  const response = await openSession().post(await startEcho(), { form });
  expect(await response.json()).toMatchObject({
    body,
    type: "application/x-www-form-urlencoded;charset=utf-8",
  });
});

test("has a method for each of the usual ones", async () => {
  const url = await startEcho();
  const session = openSession();
  const answers = [
    session.get(url),
    session.post(url),
    session.put(url),
    session.patch(url),
    session.delete(url),
  ];
  const methods: string[] = [];
  for (const answer of answers) methods.push((await (await answer).json<Echo>()).method);
  expect(methods).toEqual(["GET", "POST", "PUT", "PATCH", "DELETE"]);
  expect([(await session.head(url)).status, await (await session.head(url)).text()]).toEqual([200, ""]);
});

test("sends the user and the password of a URL as basic authorization, and shows them nowhere", async () => {
  const url = (await startEcho()).replace("//", "//m%C3%BC:s%3Acret@");
  const session = openSession({ headers: { authorization: "Bearer session" } });
  const response = await session.get(url);
  const { authorization } = await response.json<Echo>();
  expect(authorization).toBe(`Basic ${Buffer.from("mü:s:cret").toString("base64")}`);
  expect(response.url).not.toContain("cret");
  const own = await session.get(url, { headers: { authorization: "Bearer own" } });
  expect((await own.json<Echo>()).authorization).toBe("Bearer own");
  const closed = `http://me:secret@${await findClosedAddress()}/x`;
  const failure = await failureOf(session.get(closed));
  expect(failure.url + failure.message).not.toContain("secret");
});

test("says who it is and what it decompresses, unless a header says otherwise", async () => {
  const url = await startEcho();
  expect(await echo(openSession(), { url })).toMatchObject({
    agent: "overlap",
    accepts: "gzip, deflate, br, zstd",
  });
  const own = openSession({ decompress: false, headers: { "User-Agent": "mine" } });
  expect(await echo(own, { url })).toMatchObject({ agent: "mine" });
  expect((await echo(own, { url })).accepts).toBe(undefined);
});

test("appends a query to the one of the URL", async () => {
  const url = `${await startEcho()}/add?name=a#part`;
  const query = { n: 1, list: ["x", "y z"], flag: true, none: undefined };
  expect(await echo(openSession(), { url, query })).toMatchObject({
    url: "/add?name=a&n=1&list=x&list=y+z&flag=true",
  });
});

test("sends the session's headers, and a request's own instead where both name one", async () => {
  const url = await startEcho();
  const session = openSession({ headers: { "X-Custom": "session", "user-agent": "test" } });
  expect(await echo(session, { url })).toMatchObject({ custom: "session", agent: "test" });
  expect(await echo(session, { url, headers: { "x-CUSTOM": ["a", "b"] } })).toMatchObject({ custom: "a, b" });
  expect(
    await echo(session, { url, method: "POST", json: 1, headers: { "content-type": "x/y" } }),
  ).toMatchObject({
    type: "x/y",
    custom: "session",
  });
});

test.each([
  ["/a/../b", "/b"],
  ["/a/%2E%2e/b", "/b"],
  ["/a b", "/a%20b"],
  ["/ä?ö=ü", "/%C3%A4?%C3%B6=%C3%BC"],
  ["/x#part", "/x"],
  ["/x?q='", "/x?q=%27"],
  ["\\x", "/x"],
  ["/x\ty", "/xy"],
  ["?x=/", "/?x=/"],
  ["", "/"],
])("normalises %j the same whether the host is known or not", async (path, expected) => {
  const url = await startEcho();
  const session = openSession();
  expect((await echo(session, { url: url + path })).url).toBe(expected);
  const again = await session.get(url + path);
  expect((await again.json<Echo>()).url).toBe(expected);
  expect(again.url).toBe(url + expected);
});

test("gives any status as an answer", async () => {
  const url = await answerRequests((_, response) =>
    response.writeHead(503, { "x-list": ["a", "b"] }).end("busy"),
  );
  const response = await openSession().get(url);
  expect([response.status, response.ok, response.headers["x-list"]]).toEqual([503, false, ["a", "b"]]);
  expect(await response.text()).toBe("busy");
});

test("gives the body as bytes and as text without its byte order mark", async () => {
  const url = await answerRequests((_, response) => response.end("\uFEFF[1]"));
  const response = await openSession().get(url);
  expect(await response.bytes()).toEqual(new TextEncoder().encode("\uFEFF[1]"));
  expect(await response.text()).toBe("[1]");
  expect(await response.json()).toEqual([1]);
});

test("joins a body that comes in many pieces", async () => {
  const bytes = 3_000_000;
  const url = await answerRequests((_, response) => response.end("y".repeat(bytes)));
  expect(await (await openSession().get(url)).text()).toBe("y".repeat(bytes));
});

test("fails with an error of its own when the body is not JSON", async () => {
  const url = await answerRequests((_, response) => response.end("<html>"));
  const response = await openSession().get(url);
  await expect(response.json()).rejects.toMatchObject({ code: "OVERLAP_HTTP_DECODE", url: `${url}/` });
});

const loop: unknown[] = [];
loop.push(loop);

test.each<[string, RequestOptions, string]>([
  ["a relative URL", { url: "/x" }, 'expected an absolute URL, got "/x"'],
  ["another scheme", { url: "file:///x" }, 'expected a URL of http or https, got "file:///x"'],
  [
    "a bad method",
    { url: "http://h", method: "GE T" },
    'expected a method such as GET, and not CONNECT, got "GE T"',
  ],
  ["a line break in a header", { url: "http://h", headers: { a: "b\r\nc: d" } }, "expected a valid header"],
  ["a bad header name", { url: "http://h", headers: { "a b": "c" } }, "expected a valid header"],
  ["a header of the connection", { url: "http://h", headers: { Expect: "x" } }, "expected no header Expect"],
  [
    "two hosts",
    { url: "http://h", headers: { host: ["a", "b"] } },
    "expected one value for the header host, got 2",
  ],
  ["a bad deadline", { url: "http://h", timeoutMs: 0 }, "expected milliseconds above 0 for timeoutMs, got 0"],
  [
    "two bodies",
    { url: "http://h", body: "", json: 1 },
    "expected one of body, json and form, got body and json",
  ],
  [
    "a bad retry",
    { url: "http://h", retry: { attempts: 0 } },
    "expected a positive integer for attempts, got 0",
  ],
  [
    "a bad redirect count",
    { url: "http://h", maxRedirects: -1 },
    "expected an integer of at least 0 for maxRedirects",
  ],
  ["a value with a loop", { url: "http://h", json: loop }, "expected a value that JSON can express"],
])("refuses %s", async (_, options, message) => {
  const session = openSession();
  const failure = await failureOf(session.request(options));
  expect(failure).toBeInstanceOf(InvalidRequestError);
  expect(failure.message).toContain(message);
  expect(failure.url).toContain(options.url.toString());
  expect(session.inFlight).toBe(0);
});

test.each([
  [{ limit: -3 }, "expected a positive integer for limit, got -3"],
  [{ limit: Number.POSITIVE_INFINITY }, "expected a positive integer for limit, got Infinity"],
  [{ timeoutMs: Number.NaN }, "expected milliseconds above 0 for timeoutMs, got NaN"],
  [{ keepAliveMs: 0 }, "expected milliseconds above 0 and at most 2147483647 for keepAliveMs, got 0"],
  [{ maxBodyBytes: -1 }, "expected a number of bytes of at least 0 for maxBodyBytes, got -1"],
  [{ perHost: 0 }, "expected a positive integer for perHost, got 0"],
  [{ maxConnections: 99 }, "expected at least 100, the limit, for maxConnections, got 99"],
  [{ maxRetryAfterMs: -1 }, "expected milliseconds of at least 0 for maxRetryAfterMs, got -1"],
])("refuses to make a session with %j", (options, message) => {
  expect(() => new Session(options)).toThrow(new InvalidRequestError(message));
});

test("is ok for a status of 200 to 299, whether its body is in memory or streamed", async () => {
  const url = await answerRequests((request, response) => {
    response.writeHead(Number(request.url?.slice(1))).end("x");
  });
  const session = openSession();
  for (const [status, ok] of [
    [200, true],
    [299, true],
    [404, false],
    [503, false],
  ] as const) {
    expect((await session.get(`${url}/${status}`, { retry: false })).ok).toBe(ok);
    await using streamed = await session.get(`${url}/${status}`, { retry: false, stream: true });
    expect(streamed.ok).toBe(ok);
  }
});
