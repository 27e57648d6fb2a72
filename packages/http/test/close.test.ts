import { Session } from "@overlap/http";
import { expect, test } from "vitest";
import { findClosedAddress, holdRequests } from "./loopback.ts";
import { failureOf, openSession } from "./open-session.ts";

test("waits for what it has accepted when it is closed, and takes no more", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 1 });
  const running = session.get(`${server.url}/running`);
  const waiting = session.get(`${server.url}/waiting`);
  const closed = session.close();
  expect(await failureOf(session.get(server.url))).toMatchObject({ code: "OVERLAP_HTTP_SESSION_CLOSED" });
  await server.arrived(1);
  server.held[0]?.response.end();
  await running;
  await server.arrived(2);
  expect(closed.done).toBe(false);
  server.held[1]?.response.end();
  expect((await waiting).status).toBe(200);
  await closed;
  await expect.poll(() => server.openConnections).toBe(0);
});

test("can be closed twice, and closed without having been used", async () => {
  const session = new Session();
  await Promise.all([session.close(), session.close()]);
  await session.close();
  await session[Symbol.asyncDispose]();
});

test("cancels what nobody waited for at the end of its scope", async () => {
  const server = await holdRequests();
  const leaveScope = async () => {
    await using session = new Session({ limit: 1 });
    const requests = [session.get(server.url), session.get(server.url)];
    await server.arrived(1);
    return { requests };
  };
  const { requests } = await leaveScope();
  expect(requests.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
  await expect.poll(() => server.openConnections).toBe(0);
});

test("fails all requests to an address that refuses, and still closes", async () => {
  const session = openSession({ limit: 2 });
  const url = `http://${await findClosedAddress()}`;
  const requests = Array.from({ length: 20 }, () => session.get(url));
  for (const request of requests) {
    expect(await failureOf(request)).toMatchObject({ code: "OVERLAP_HTTP_CONNECT" });
  }
  await session.close();
});
