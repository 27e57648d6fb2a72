import { buffer } from "node:stream/consumers";
import { createTask, each } from "@overlap/loop";
import { expect, test } from "vitest";
import { answerRequests, holdRequests, speakRaw } from "./loopback.ts";
import { openSession } from "./open-session.ts";

const decoder = new TextDecoder();

test("gives the answer when its header is there, and the body as it comes", async () => {
  const server = await holdRequests();
  const session = openSession();
  const request = session.get(server.url, { stream: true });
  await server.arrived(1);
  const held = server.held[0]?.response;
  held?.writeHead(200, { "x-early": "yes" }).flushHeaders();
  const response = await request;
  expect([response.status, response.headers["x-early"], session.inFlight]).toEqual([200, "yes", 1]);
  const pieces: string[] = [];
  const reading = (async () => {
    for await (const chunk of response.stream()) {
      pieces.push(decoder.decode(chunk));
      if (pieces.length === 1) held?.end("second");
    }
  })();
  held?.write("first");
  await reading;
  expect(pieces.join()).toBe("first,second");
  expect(session.inFlight).toBe(0);
});

test("reads a streamed body as text, JSON or bytes", async () => {
  const url = await answerRequests((_, response) => response.end('{"a":"ß"}'));
  const session = openSession();
  const ask = () => session.get(url, { stream: true });
  expect(await (await ask()).text()).toBe('{"a":"ß"}');
  expect(await (await ask()).json()).toEqual({ a: "ß" });
  expect(decoder.decode(await (await ask()).bytes())).toBe('{"a":"ß"}');
});

test("can be read once", async () => {
  const url = await answerRequests((_, response) => response.end("x"));
  const response = await openSession().get(url, { stream: true });
  await response.text();
  await expect(response.text()).rejects.toMatchObject({ code: "OVERLAP_HTTP_INVALID_REQUEST" });
  expect(() => response.stream()).toThrow(`the body of ${url}/ has been read already`);
});

test("makes the server wait while nobody reads", async () => {
  let written = 0;
  const chunk = Buffer.alloc(65_536, "x");
  const url = await answerRequests((_, response) => {
    const pour = () => {
      if (response.destroyed) return;
      written += chunk.length;
      if (response.write(chunk)) setImmediate(pour);
      else response.once("drain", pour);
    };
    pour();
  });
  const session = openSession();
  const response = await session.get(url, { stream: true });
  let settled = -1;
  await expect
    .poll(
      () => {
        const before = settled;
        settled = written;
        return written === before;
      },
      { interval: 100 },
    )
    .toBe(true);
  expect(written).toBeLessThan(20_000_000);
  let read = 0;
  for await (const { byteLength } of response.stream()) {
    read += byteLength;
    if (read > 30_000_000) break;
  }
  expect(written).toBeGreaterThan(20_000_000);
  await expect.poll(() => session.inFlight).toBe(0);
});

test("holds its slot until it is read", async () => {
  const url = await answerRequests((_, response) => response.end("x".repeat(10)));
  const session = openSession({ limit: 1 });
  const server = await holdRequests();
  const first = session.get(server.url, { stream: true });
  const second = session.get(url);
  await server.arrived(1);
  server.held[0]?.response.write("x");
  const response = await first;
  expect([session.inFlight, session.queued]).toEqual([1, 1]);
  server.held[0]?.response.end();
  expect(await response.text()).toBe("x");
  expect((await second).status).toBe(200);
});

test.each(["close()", "leaving a loop", "leaving a scope", "ending a coroutine's loop", "cancelling text()"])(
  "frees its slot and closes the connection by %s",
  async (way) => {
    const server = await speakRaw(({ socket }) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
    });
    const session = openSession({ limit: 1 });
    const response = await session.get(server.url, { stream: true });
    if (way === "close()") response.close();
    if (way === "leaving a loop") for await (const _ of response.stream()) break;
    if (way === "leaving a scope") {
      await using _scoped = response;
    }
    if (way === "cancelling text()") {
      const text = response.text();
      await new Promise(setImmediate);
      text.cancel();
      await expect(text).rejects.toThrow("cancelled");
    }
    if (way === "ending a coroutine's loop") {
      const task = createTask(() => each(response.stream(), function* () {}));
      await new Promise(setImmediate);
      task.cancel();
      await expect(task).rejects.toThrow("cancelled");
    }
    expect(session.inFlight).toBe(0);
    await expect.poll(() => server.openConnections).toBe(0);
    await session.close();
  },
);

test("does not count the time in which nobody reads", async () => {
  const { url } = await speakRaw(({ socket, path }) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf");
    if (path === "/slow") setTimeout(() => socket.write("half"), 100);
  });
  const session = openSession({ idleTimeoutMs: 60 });
  const response = await session.get(`${url}/slow`, { stream: true });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await response.text()).toBe("halfhalf");
  const again = await session.get(`${url}/stalled`, { stream: true });
  await expect(again.text()).rejects.toMatchObject({ code: "OVERLAP_HTTP_TIMEOUT_IDLE" });
});

test("counts it when the request has a deadline of its own", async () => {
  const { url } = await speakRaw(({ socket }) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf");
  });
  const response = await openSession().get(url, { stream: true, timeoutMs: 60 });
  await expect(response.text()).rejects.toMatchObject({ code: "OVERLAP_HTTP_TIMEOUT_TOTAL" });
});

test("limits what it holds in memory, and what it streams only when the request says so", async () => {
  const url = await answerRequests((_, response) => {
    for (let i = 0; i < 10; i++) response.write("x".repeat(1_000));
    response.end();
  });
  const session = openSession({ maxBodyBytes: 5_000 });
  const tooLarge = { code: "OVERLAP_HTTP_BODY_TOO_LARGE" };
  await expect((await session.get(url, { stream: true })).text()).rejects.toMatchObject(tooLarge);
  const streamed = await session.get(url, { stream: true });
  expect(await buffer(streamed.stream())).toHaveLength(10_000);
  const limited = await session.get(url, { stream: true, maxBodyBytes: 9_999 });
  await expect(buffer(limited.stream())).rejects.toMatchObject(tooLarge);
  expect(session.inFlight).toBe(0);
});

test("tells the reader when the connection is lost, after what came before", async () => {
  const { url } = await speakRaw(({ socket }) =>
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf", () =>
      setTimeout(() => socket.end(), 20),
    ),
  );
  const response = await openSession().get(url, { stream: true });
  const pieces: string[] = [];
  const reading = (async () => {
    for await (const chunk of response.stream()) pieces.push(decoder.decode(chunk));
  })();
  await expect(reading).rejects.toMatchObject({ code: "OVERLAP_HTTP_CONNECTION_LOST" });
  expect(pieces).toEqual(["half"]);
});

test("tells the reader when the session is disposed", async () => {
  const { url } = await speakRaw(({ socket }) =>
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf"),
  );
  const session = openSession();
  const text = (await session.get(url, { stream: true })).text();
  await session[Symbol.asyncDispose]();
  await expect(text).rejects.toMatchObject({ code: "OVERLAP_HTTP_SESSION_CLOSED" });
});

test("streams a body that is in memory already", async () => {
  const url = await answerRequests((request, response) => response.end(request.url === "/empty" ? "" : "x"));
  const session = openSession();
  const response = await session.get(url);
  expect((await buffer(response.stream())).toString()).toBe("x");
  expect(await response.text()).toBe("x");
  response.close();
  expect(await buffer((await session.get(`${url}/empty`)).stream())).toHaveLength(0);
});
