import type { Socket } from "node:net";
import type { Session } from "@overlap/http";
import { expect, test } from "vitest";
import { answerRequests, findClosedAddress, speakRaw } from "./loopback.ts";
import { failureOf, openSession } from "./open-session.ts";

const ok = "HTTP/1.1 200 OK\r\n";

const faults: Readonly<Record<string, readonly [code: string, answer: (socket: Socket) => void]>> = {
  "a reset at once": ["OVERLAP_HTTP_CONNECTION_LOST", (socket) => socket.resetAndDestroy()],
  "an end at once": ["OVERLAP_HTTP_CONNECTION_LOST", (socket) => socket.end()],
  "a header that stops": ["OVERLAP_HTTP_CONNECTION_LOST", (socket) => socket.end(`${ok}content-le`)],
  "a reset in the middle of a body": [
    "OVERLAP_HTTP_CONNECTION_LOST",
    (socket) =>
      socket.write(`${ok}content-length: 10\r\n\r\nhalf`, () => setImmediate(() => socket.resetAndDestroy())),
  ],
  "a body that is too short": [
    "OVERLAP_HTTP_CONNECTION_LOST",
    (socket) => socket.end(`${ok}content-length: 10\r\n\r\nhalf`),
  ],
  "a body that is too short on a connection that closes": [
    "OVERLAP_HTTP_CONNECTION_LOST",
    (socket) => socket.end(`${ok}connection: close\r\ncontent-length: 10\r\n\r\nhalf`),
  ],
  "chunks that stop": [
    "OVERLAP_HTTP_CONNECTION_LOST",
    (socket) => socket.end(`${ok}transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n`),
  ],
  "chunks that stop on a connection that closes": [
    "OVERLAP_HTTP_CONNECTION_LOST",
    (socket) => socket.end(`${ok}connection: close\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n`),
  ],
  "a bad chunk size": [
    "OVERLAP_HTTP_PROTOCOL",
    (socket) => socket.write(`${ok}transfer-encoding: chunked\r\n\r\nxyz\r\n`),
  ],
  garbage: ["OVERLAP_HTTP_PROTOCOL", (socket) => socket.write("hello, world\r\n\r\n")],
  "a status of 099": ["OVERLAP_HTTP_PROTOCOL", (socket) => socket.write("HTTP/1.1 099 No\r\n\r\n")],
  "an unasked 100": ["OVERLAP_HTTP_PROTOCOL", (socket) => socket.write("HTTP/1.1 100 Continue\r\n\r\n")],
  "an unasked 101": [
    "OVERLAP_HTTP_PROTOCOL",
    (socket) => socket.write("HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
  ],
  "two lengths that differ": [
    "OVERLAP_HTTP_PROTOCOL",
    (socket) => socket.write(`${ok}content-length: 1\r\ncontent-length: 2\r\n\r\nx`),
  ],
  "a flood of headers": [
    "OVERLAP_HTTP_PROTOCOL",
    (socket) => socket.write(`${ok}${"x-flood: flood\r\n".repeat(10_000)}`),
  ],
  "a length above the limit": [
    "OVERLAP_HTTP_BODY_TOO_LARGE",
    (socket) => socket.write(`${ok}content-length: 2000000\r\n\r\n`),
  ],
  "a body without end": [
    "OVERLAP_HTTP_BODY_TOO_LARGE",
    (socket) => {
      const pour = () => {
        while (!socket.destroyed && socket.write("x".repeat(10_000)));
        socket.once("drain", pour);
      };
      socket.write(`${ok}\r\n`);
      pour();
    },
  ],
};

for (const [name, [code, answer]] of Object.entries(faults)) {
  test(`${name} ends in ${code}, and the session works on`, async () => {
    const url = await speakRaw(answer);
    const session = openSession({ limit: 1, timeoutMs: 10_000, maxBodyBytes: 1_000_000 });
    expect(await failureOf(session.get(url))).toMatchObject({ code, url: `${url}/` });
    expect(session.inFlight).toBe(0);
    await expectToWork(session);
  });
}

test("says which address refused the connection", async () => {
  const address = await findClosedAddress();
  const session = openSession();
  const failure = await failureOf(session.get(`http://${address}/x`));
  expect(failure).toMatchObject({
    name: "ConnectError",
    code: "OVERLAP_HTTP_CONNECT",
    url: `http://${address}/x`,
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
  const url = await speakRaw((socket) => socket.write(`${ok}content-length: 2000000\r\n\r\n`));
  const response = await openSession({ maxBodyBytes: 10 }).request({ method: "HEAD", url });
  expect(response.headers["content-length"]).toBe("2000000");
  expect(await response.text()).toBe("");
});

test("takes an answer that ends with its connection", async () => {
  const url = await speakRaw((socket) => socket.end(`${ok}\r\nall of it`));
  expect(await (await openSession().get(url)).text()).toBe("all of it");
});

test("takes early hints before the answer", async () => {
  const hints = "HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n";
  const url = await speakRaw((socket) => socket.write(`${hints}${ok}content-length: 2\r\n\r\nok`));
  expect(await openSession().get(url)).toMatchObject({ status: 200 });
});

/** One good answer through the same session, whose only slot must be free. */
async function expectToWork(session: Session): Promise<void> {
  const url = await answerRequests((_, response) => response.end("fine"));
  expect(await (await session.get(url)).text()).toBe("fine");
}
