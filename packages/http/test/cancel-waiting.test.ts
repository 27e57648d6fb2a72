import { describe, expect, test } from "vitest";
import { holdRequests } from "./loopback.ts";
import { openSession } from "./open-session.ts";

describe("cancelWaiting", () => {
  test("cancels the requests that wait for a slot, and lets those in flight end", async () => {
    const server = await holdRequests();
    const session = openSession({ limit: 1 });
    const [inFlight, ...waiting] = ["/a", "/b", "/c"].map((path) => session.get(server.url + path));
    await server.arrived(1);
    session.cancelWaiting("enough");
    expect(waiting.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
    expect(session.queued).toBe(0);
    server.held[0]?.response.end("a");
    expect(await (await inFlight)?.text()).toBe("a");
    const next = session.get(`${server.url}/d`);
    await server.arrived(2);
    server.held[1]?.response.end("d");
    expect((await next).status).toBe(200);
  });
});

test("an error says how long the last attempt took, without the time in the queue", async () => {
  const server = await holdRequests();
  const session = openSession({ limit: 1, timeoutMs: 60 });
  const requests = ["/a", "/b"].map((path) => session.get(server.url + path));
  for (const request of requests) {
    const error: unknown = await request.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "OVERLAP_HTTP_TIMEOUT_TOTAL" });
    const { elapsedMs } = error as { readonly elapsedMs: number };
    expect(elapsedMs).toBeGreaterThanOrEqual(59);
    expect(elapsedMs).toBeLessThan(5_000);
  }
  const refused = await session.get("ftp://127.0.0.1/").catch((reason: unknown) => reason);
  expect(refused).toMatchObject({ elapsedMs: 0 });
});
