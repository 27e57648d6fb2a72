import type { IncomingMessage, ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import { expect, test } from "vitest";
import { answerRequests, findClosedAddress, holdRequests } from "./loopback.ts";
import { failureOf, openSession } from "./open-session.ts";

/** What the server saw of a request. */
interface Seen {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

/** A server that redirects `/STATUS/rest` to `/rest`, and answers everything else. */
async function startRedirector(seen: Seen[], to = ""): Promise<string> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = "", url: path = "", headers } = request;
    const body = await readText(request);
    seen.push({ method, path, body, headers });
    const [, status, rest] = /^\/(\d{3})(\/.*)$/.exec(path) ?? [];
    if (status === undefined) response.end(`at ${path}`);
    else response.writeHead(Number(status), { location: to + rest }).end("moved");
  };
  return await answerRequests((request, response) => void answer(request, response));
}

test("follows redirects, tells of them, and counts them as one attempt", async () => {
  const url = await startRedirector([]);
  const response = await openSession({ limit: 1 }).get(`${url}/302/307/end`);
  expect([response.status, response.url, await response.text()]).toEqual([200, `${url}/end`, "at /end"]);
  expect(response.attempts).toBe(1);
  expect(response.redirects).toEqual([
    { status: 302, url: `${url}/302/307/end` },
    { status: 307, url: `${url}/307/end` },
  ]);
});

test.each([
  ["POST", 301, "GET", ""],
  ["POST", 302, "GET", ""],
  ["POST", 303, "GET", ""],
  ["POST", 307, "POST", "data"],
  ["POST", 308, "POST", "data"],
  ["PUT", 301, "PUT", "data"],
  ["PUT", 303, "GET", ""],
  ["DELETE", 302, "DELETE", "data"],
])("sends a %s that was answered %i on as a %s with the body %j", async (method, status, next, body) => {
  const seen: Seen[] = [];
  const url = await startRedirector(seen);
  await openSession().request({ method, url: `${url}/${status}/end`, body: "data" });
  expect(seen[1]).toMatchObject({ method: next, path: "/end", body });
  expect(seen[1]?.headers["content-type"]).toBe(body === "" ? undefined : "text/plain;charset=utf-8");
});

test("keeps a HEAD a HEAD", async () => {
  const seen: Seen[] = [];
  const url = await startRedirector(seen);
  expect((await openSession().head(`${url}/303/end`)).status).toBe(200);
  expect(seen.map(({ method }) => method)).toEqual(["HEAD", "HEAD"]);
});

const secrets = {
  authorization: "Bearer secret",
  cookie: "a=b",
  "proxy-authorization": "Basic x",
  "x-mine": "1",
};

test("tells another origin nothing that authorizes, and its own everything", async () => {
  const seen: Seen[] = [];
  const elsewhere = await startRedirector(seen);
  const url = await startRedirector(seen, elsewhere);
  await openSession().get(`${url}/302/end`, { headers: { ...secrets, host: "somewhere.test" } });
  expect(seen[0]?.headers).toMatchObject(secrets);
  expect(seen[1]?.headers).toMatchObject({ "x-mine": "1", host: new URL(elsewhere).host });
  for (const name of ["authorization", "cookie", "proxy-authorization"]) {
    expect(seen[1]?.headers).not.toHaveProperty(name);
  }
  const own = await startRedirector(seen);
  await openSession().get(`${own}/302/end`, { headers: secrets });
  expect(seen[3]?.headers).toMatchObject(secrets);
});

test("uses the user and the password of the URL that it is sent to", async () => {
  const seen: Seen[] = [];
  const elsewhere = await startRedirector(seen);
  const url = await startRedirector(seen, elsewhere.replace("//", "//me:there@"));
  const response = await openSession().get(`${url.replace("//", "//me:here@")}/302/end`);
  const sent = seen.map(({ headers }) =>
    Buffer.from(headers.authorization?.slice(6) ?? "", "base64").toString(),
  );
  expect(sent).toEqual(["me:here", "me:there"]);
  expect(response.url).toBe(`${elsewhere}/end`);
});

test("reads a location as a URL does: relative, without a scheme, not in ASCII", async () => {
  const locations = ["../c?d#e", "//HOST/c", "/grüß"];
  const paths: string[] = [];
  const url = await answerRequests((request, response) => {
    paths.push(request.url ?? "");
    const location = locations[Number(request.headers["x-location"])] ?? "";
    if (paths.length % 2 === 0) return response.end();
    const bytes = Buffer.from(location.replace("HOST", request.headers.host ?? "")).toString("latin1");
    return response.writeHead(302, { location: bytes }).end();
  });
  const session = openSession();
  for (const i of locations.keys()) {
    await session.get(`${url}/a/b`, { headers: { "x-location": String(i) } });
  }
  expect(paths).toEqual(["/a/b", "/c?d", "/a/b", "/c", "/a/b", "/gr%C3%BC%C3%9F"]);
});

test("gives a redirect as an answer when it is told to, and when it has no location", async () => {
  const url = await startRedirector([]);
  const session = openSession({ followRedirects: false });
  const response = await session.get(`${url}/302/end`);
  expect([response.status, response.headers.location, await response.text()]).toEqual([302, "/end", "moved"]);
  const followed = await session.get(`${url}/302/end`, { followRedirects: true });
  expect(await followed.text()).toBe("at /end");
  const bare = await answerRequests((_, answer) => answer.writeHead(304).end());
  expect((await openSession().get(bare)).status).toBe(304);
});

test("follows as many redirects as it may, and not one more", async () => {
  const url = await startRedirector([]);
  const session = openSession({ maxRedirects: 3 });
  const far = (count: number) => `${url}${"/302".repeat(count)}/end`;
  expect((await session.get(far(3))).redirects).toHaveLength(3);
  const failure = await failureOf(session.get(far(4)));
  expect(failure).toMatchObject({ code: "OVERLAP_HTTP_REDIRECT", url: far(1) });
  expect(failure.message).toBe(`${far(1)} redirects on after 3 redirects`);
  expect((await failureOf(session.get(far(1), { maxRedirects: 0 }))).code).toBe("OVERLAP_HTTP_REDIRECT");
});

test("allows a server to send a client back to where it was, once", async () => {
  let visits = 0;
  const url = await answerRequests((_, response) => {
    if (visits++ > 0) response.end("now");
    else response.writeHead(302, { location: "/", "set-cookie": "seen=1" }).end();
  });
  expect(await (await openSession().get(url)).text()).toBe("now");
});

test("counts all hops against the deadline, and each against the limits", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 1, timeoutMs: 100 });
  const first = session.get(`${server.url}/0`);
  const other = session.get(`${server.url}/other`);
  const failure = failureOf(first);
  for (let hop = 0; !first.done; hop++) {
    await Promise.race([server.arrived(hop + 1), first.then(undefined, () => {})]);
    setTimeout(() => server.held[hop]?.response.writeHead(302, { location: `/${hop + 1}` }).end(), 20);
    expect([session.inFlight, server.mostAtOnce]).toEqual([1, 1]);
  }
  expect((await failure).code).toBe("OVERLAP_HTTP_TIMEOUT_TOTAL");
  expect(other.state).toBe("pending");
});

test("does not read a long body that only says where to go", async () => {
  const url = await answerRequests((request, response) => {
    if (request.url === "/end") return response.end("there");
    response.writeHead(302, { location: "/end" });
    return response.end("x".repeat(1_000_000));
  });
  const response = await openSession({ limit: 1, maxBodyBytes: 10 }).get(url);
  expect(await response.text()).toBe("there");
});

test("says what a redirect led to that cannot be reached", async () => {
  const address = await findClosedAddress();
  const url = await startRedirector([], `http://${address}`);
  const failure = await failureOf(openSession().get(`${url}/302/end`));
  expect(failure).toMatchObject({ code: "OVERLAP_HTTP_CONNECT", url: `http://${address}/end`, attempts: 1 });
});
