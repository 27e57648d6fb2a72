import { createServer } from "node:https";
import type { Session } from "@overlap/http";
import { expect, test } from "vitest";
import { faults } from "./fault-rows.ts";
import { answerRequests, findClosedAddress, listen, speakRaw } from "./loopback.ts";
import { failureOf, openSession } from "./open-session.ts";
import { createTlsFaults } from "./tls-fault-rows.ts";

const timeoutMs = 10_000;

for (const { name, answer, expected, method = "GET", options } of faults) {
  const outcome = typeof expected === "string" ? expected : `a good ${expected[0]}`;
  test(`${name} ends in ${outcome}, and the session works on`, async () => {
    const server = await speakRaw(({ socket, path }) => answer(socket, path));
    const session = openSession({ limit: 1, timeoutMs, maxBodyBytes: 1_000_000 });
    const startMs = performance.now();
    const request = session.request({ url: server.url, method, ...options });
    if (typeof expected === "string") {
      expect((await failureOf(request)).code).toBe(expected);
    } else {
      const response = await request;
      expect([response.status, await response.text()]).toEqual(expected);
    }
    expect(performance.now() - startMs).toBeLessThan(timeoutMs);
    expect([session.inFlight, session.queued]).toEqual([0, 0]);
    await expectToWork(session);
    await session.close();
    await expect.poll(() => server.openConnections).toBe(0);
  });
}

for (const { name, answer, expected, method = "GET", options } of faults) {
  test(`${name} ends the same when the answer is streamed`, async () => {
    const server = await speakRaw(({ socket, path }) => answer(socket, path));
    const session = openSession({ limit: 1, timeoutMs });
    const request = session.request({
      url: server.url,
      method,
      ...options,
      timeoutMs: options?.timeoutMs ?? timeoutMs,
      maxBodyBytes: 1_000_000,
      stream: true,
    });
    const ended = request.then(async (response) => [response.status, await response.text()]);
    if (typeof expected === "string") await expect(ended).rejects.toMatchObject({ code: expected });
    else expect(await ended).toEqual(expected);
    await expectToWork(session);
    await session.close();
    await expect.poll(() => server.openConnections).toBe(0);
  });
}

const { authority, tlsFaults } = createTlsFaults();

for (const { name, certificate, expected } of tlsFaults) {
  test.each([false, true])(
    `${name} ends in ${expected}, and the session works on (streamed: %s)`,
    async (stream) => {
      let openConnections = 0;
      const server = createServer({ ...certificate }, (_, response) => response.end("secret"));
      server.on("tlsClientError", () => {});
      server.on("connection", (socket) => {
        openConnections++;
        socket.once("close", () => openConnections--);
      });
      const url = (await listen(server)).replace("http:", "https:");
      const session = openSession({ limit: 1, timeoutMs, tls: { ca: authority.ca } });
      expect((await failureOf(session.get(url, { stream }))).code).toBe(expected);
      expect([session.inFlight, session.queued]).toEqual([0, 0]);
      await expectToWork(session);
      await session.close();
      await expect.poll(() => openConnections).toBe(0);
    },
  );
}

test("says which address refused the connection", async () => {
  const address = await findClosedAddress();
  const session = openSession();
  const failure = await failureOf(session.get(`http://${address}/x`));
  expect(failure).toMatchObject({
    name: "ConnectError",
    code: "OVERLAP_HTTP_CONNECT",
    url: `http://${address}/x`,
    attempts: 1,
  });
  expect(failure.message).toBe(`could not connect to ${address}: connection refused`);
  expect(failure.cause).toBeInstanceOf(Error);
  await expectToWork(session);
});

test("says so when all addresses of a name refused the connection", async () => {
  const port = (await findClosedAddress()).split(":")[1];
  const failure = await failureOf(openSession().get(`http://localhost:${port}`));
  expect(failure.message).toBe(`could not connect to localhost:${port}: connection refused`);
});

test("takes a header of a length that an answer to HEAD only mentions", async () => {
  const { url } = await speakRaw(({ socket }) =>
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\n\r\n"),
  );
  const response = await openSession({ maxBodyBytes: 10 }).head(url);
  expect(response.headers["content-length"]).toBe("2000000");
  expect(await response.text()).toBe("");
});

test("gives no answer to a request that was sent on a connection with bytes left over", async () => {
  const { url } = await speakRaw(({ socket, path }) => {
    const late = path === "/first" ? "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong" : "";
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nright${late}`);
  });
  const session = openSession({ limit: 1 });
  const answers = ["/first", "/second", "/third"].map((path) => session.get(url + path));
  for (const answer of answers) expect(await (await answer).text()).toBe("right");
});

/** One good answer through the same session, whose only slot must be free. */
async function expectToWork(session: Session): Promise<void> {
  const url = await answerRequests((_, response) => response.end("fine"));
  expect(await (await session.get(url)).text()).toBe("fine");
}
