import { expect, test } from "vitest";
import { speakRaw } from "./loopback.ts";
import { failureOf, openSession } from "./open-session.ts";

const good = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/** Answers the first request of each connection, and closes it when the second arrives. */
async function closeOnSecond(seen: string[]): Promise<string> {
  const { url } = await speakRaw(({ socket, request, connection }) => {
    seen.push(`${connection}.${request}`);
    if (request === 0) socket.write(good);
    else socket.end();
  });
  return url;
}

test("sends a GET again when the server closed the used connection instead of answering", async () => {
  const seen: string[] = [];
  const session = openSession({ limit: 1 });
  const url = await closeOnSecond(seen);
  expect(await (await session.get(url)).text()).toBe("ok");
  const again = await session.get(url);
  expect([await again.text(), again.attempts]).toEqual(["ok", 2]);
  expect(seen).toEqual(["0.0", "0.1", "1.0"]);
});

test("does not send it again when that is switched off", async () => {
  const seen: string[] = [];
  const session = openSession({ limit: 1, keepAliveRetry: false });
  const url = await closeOnSecond(seen);
  await session.get(url);
  expect(await failureOf(session.get(url))).toMatchObject({ code: "OVERLAP_HTTP_CONNECTION_LOST" });
  expect(seen).toEqual(["0.0", "0.1"]);
});

test("does not send a POST again, which might count twice", async () => {
  const seen: string[] = [];
  const session = openSession({ limit: 1 });
  const url = await closeOnSecond(seen);
  await session.get(url);
  expect(await failureOf(session.post(url))).toMatchObject({ code: "OVERLAP_HTTP_CONNECTION_LOST" });
  expect(seen).toEqual(["0.0", "0.1"]);
});

test("does not send a GET again on a connection that was new", async () => {
  let requests = 0;
  const { url } = await speakRaw(({ socket }) => {
    requests++;
    socket.end();
  });
  expect(await failureOf(openSession().get(url))).toMatchObject({ code: "OVERLAP_HTTP_CONNECTION_LOST" });
  expect(requests).toBe(1);
});

test("does not send a GET again when the answer had begun", async () => {
  let requests = 0;
  const { url } = await speakRaw(({ socket, request }) => {
    requests++;
    if (request === 0) socket.write(good);
    else socket.end("HTTP/1.1 200");
  });
  const session = openSession({ limit: 1 });
  await session.get(url);
  expect(await failureOf(session.get(url))).toMatchObject({ code: "OVERLAP_HTTP_CONNECTION_LOST" });
  expect(requests).toBe(2);
});

test("answers every request of a server that closes right after each answer without saying so", async () => {
  const { url } = await speakRaw(({ socket }) => socket.end(good));
  const session = openSession({ limit: 4 });
  const responses = Array.from({ length: 200 }, () => session.get(url));
  for (const response of responses) expect((await response).status).toBe(200);
});
