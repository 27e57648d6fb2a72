import type { TraceSink } from "@overlap/http";
import { expect, test } from "vitest";
import { findClosedAddress, holdRequests } from "./loopback.ts";
import { failureOf, openSession } from "./open-session.ts";

interface Recorded {
  readonly span: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** A trace whose clock goes on by one at each look. */
function recordSpans(): { readonly trace: TraceSink; readonly spans: Recorded[] } {
  const spans: Recorded[] = [];
  let nowMs = 0;
  const trace: TraceSink = {
    now: () => nowMs++,
    span: (lane, kind, label, startMs, endMs, ok) =>
      spans.push({ span: `${lane} ${kind} ${label} ${ok}`, startMs, endMs }),
  };
  return { trace, spans };
}

test("leaves a span for the queue, if there was one, and one for the network", async () => {
  const server = await holdRequests();
  const { trace, spans } = recordSpans();
  const session = openSession({ limit: 1, trace });
  const first = session.get(`${server.url}/first`);
  const second = session.get(`${server.url}/second`);
  await server.arrived(1);
  server.held[0]?.response.end();
  await first;
  await server.arrived(2);
  server.held[1]?.response.writeHead(404).end();
  await second;
  expect(spans.map(({ span }) => span)).toEqual([
    `http io ${server.url}/first true`,
    `http queue ${server.url}/second true`,
    `http io ${server.url}/second false`,
  ]);
  for (const { startMs, endMs } of spans) expect(endMs).toBeGreaterThan(startMs);
  expect(spans[1]?.endMs).toBe(spans[2]?.startMs);
});

test("marks what was cancelled or failed", async () => {
  const url = `http://${await findClosedAddress()}/`;
  const { trace, spans } = recordSpans();
  const session = openSession({ limit: 1, trace });
  const first = session.get(url);
  session.get(`${url}waiting`).cancel();
  await failureOf(first);
  expect(spans.map(({ span }) => span)).toEqual([`http queue ${url}waiting false`, `http io ${url} false`]);
});
