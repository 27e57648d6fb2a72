import { CancelledError, createTask, run } from "@overlap/loop";
import { expect, test } from "vitest";
import { holdRequests } from "./loopback.ts";
import { openSession } from "./open-session.ts";

test("can be waited for in a coroutine", async () => {
  const server = await holdRequests();
  const session = openSession();
  const text = run(function* () {
    const response = yield* session.get(server.url);
    return yield* response.text();
  });
  await server.arrived(1);
  server.held[0]?.response.end("hello");
  expect(await text).toBe("hello");
});

test("ends the request that a cancelled task waits for", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 1 });
  const running = createTask(function* () {
    return (yield* session.get(server.url)).status;
  });
  const waiting = createTask(function* () {
    return (yield* session.get(server.url)).status;
  });
  await server.arrived(1);
  expect([session.inFlight, session.queued]).toEqual([1, 1]);
  waiting.cancel();
  expect(session.queued).toBe(0);
  running.cancel();
  expect(session.inFlight).toBe(0);
  await expect(running).rejects.toThrow(CancelledError);
  await expect(waiting).rejects.toThrow(CancelledError);
});
