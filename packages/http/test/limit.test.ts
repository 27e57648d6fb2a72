import { expect, test } from "vitest";
import { findClosedAddress, holdRequests } from "./loopback.ts";
import { openSession } from "./open-session.ts";

test("never has more requests in flight than its limit, and serves the others in the order they came", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 3 });
  const requests = Array.from({ length: 20 }, (_, i) => session.get(`${server.url}/${i}`));
  expect([session.inFlight, session.queued]).toEqual([3, 17]);
  const paths: string[] = [];
  for (let i = 0; i < 20; i++) {
    await server.arrived(Math.min(i + 3, 20));
    expect(session.inFlight).toBe(Math.min(3, 20 - i));
    server.held[i]?.response.end("ok");
    await requests[i];
    paths.push(server.held[i]?.path ?? "");
  }
  expect(server.mostAtOnce).toBe(3);
  // Those in flight together arrive on connections of their own, so only who waited has an order.
  expect(paths.slice(3)).toEqual(requests.slice(3).map((_, i) => `/${i + 3}`));
  expect([session.inFlight, session.queued]).toEqual([0, 0]);
});

test("uses connections again", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 2 });
  for (let i = 0; i < 10; i++) {
    const request = session.get(server.url);
    await server.arrived(i + 1);
    server.held[i]?.response.end();
    await request;
  }
  expect(server.connections).toBe(1);
});

test("lets go of a queued request at once when it is cancelled", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 1 });
  const first = session.get(`${server.url}/first`);
  const second = session.get(`${server.url}/second`);
  const third = session.get(`${server.url}/third`);
  expect(second.cancel("not needed")).toBe(true);
  expect([second.state, session.queued]).toEqual(["cancelled", 1]);
  await server.arrived(1);
  server.held[0]?.response.end();
  await first;
  await server.arrived(2);
  server.held[1]?.response.end();
  await third;
  expect(server.held.map(({ path }) => path)).toEqual(["/first", "/third"]);
});

test("closes the connection of a request in flight that is cancelled, and gives its slot to the next", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 1 });
  const first = session.get(`${server.url}/first`);
  const second = session.get(`${server.url}/second`);
  await server.arrived(1);
  const closed = new Promise((resolve) => server.held[0]?.response.once("close", resolve));
  first.cancel();
  expect([session.inFlight, session.queued]).toEqual([1, 0]);
  await closed;
  await server.arrived(2);
  server.held[1]?.response.end("there");
  expect(await (await second).text()).toBe("there");
  expect(first.state).toBe("cancelled");
});

test("cancels a request that is still connecting without harm to the next", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 1 });
  session.get(`${server.url}/first`).cancel();
  expect(session.inFlight).toBe(0);
  const second = session.get(`${server.url}/second`);
  await server.arrived(1);
  server.held[0]?.response.end();
  await second;
  expect(server.held.map(({ path }) => path)).toEqual(["/second"]);
  expect(server.connections).toBe(1);
});

test("uses as many connections as it has requests in flight, and no more", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 100 });
  const requests = Array.from({ length: 4 }, async () => {
    for (let i = 0; i < 25; i++) await session.get(server.url);
  });
  for (let i = 0; i < 100; i++) {
    await server.arrived(i + 1);
    server.held[i]?.response.end();
  }
  await Promise.all(requests);
  expect(server.connections).toBe(4);
});

test("goes on after ten thousand queued requests that all fail", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 1 });
  const first = session.get(server.url);
  const closedUrl = `http://${await findClosedAddress()}`;
  const bad = Array.from({ length: 10_000 }, () => session.get(closedUrl));
  await server.arrived(1);
  server.held[0]?.response.end();
  await first;
  const results = await Promise.allSettled(bad);
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(["rejected"]));
  expect([session.inFlight, session.queued]).toEqual([0, 0]);
});
