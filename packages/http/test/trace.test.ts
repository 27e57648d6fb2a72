import { RunRecorder, type Span, Trace } from "@overlap/trace";
import { expect, test } from "vitest";
import { answerRequests, findClosedAddress, speakRaw } from "./loopback.ts";
import { block, failureOf, openSession } from "./open-session.ts";

function textOf(spans: Iterable<Span>): string[] {
  return Array.from(spans, ({ lane, kind, label, ok }) => `${lane} ${kind} ${new URL(label).pathname} ${ok}`);
}

test("leaves a span for the queue, the connection, the request and the body, one after the other", async () => {
  const { url } = await speakRaw(({ socket }) => {
    // One after the other, so that sockets are read in between, however busy the machine is.
    setTimeout(() => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nha");
      setTimeout(() => socket.write("lf"), 15);
    }, 5);
  });
  const trace = new Trace();
  const session = openSession({
    limit: 1,
    trace,
    lookup: async () => {
      block(5);
      return [{ address: "127.0.0.1", family: 4 }];
    },
  });
  const named = url.replace("127.0.0.1", "somewhere.test");
  const first = session.get(`${named}/first`);
  const second = session.get(`${named}/second`);
  await first;
  await second;
  // A free slot is there at once, but for what else the machine does.
  const spans = [...trace.spans()].filter(
    ({ lane, label }) => lane !== "http queue" || !label.endsWith("/first"),
  );
  expect(textOf(spans)).toEqual([
    "http connect io /first true",
    "http queue queue /second true",
    "http request io /first true",
    "http body io /first true",
    "http request io /second true",
    "http body io /second true",
  ]);
  const [connect, queue, request, body] = spans;
  expect([connect?.endMs, request?.endMs]).toEqual([request?.startMs, body?.startMs]);
  expect(queue?.endMs).toBeGreaterThanOrEqual(body?.endMs ?? 0);
});

test("takes a loop that was held up for no connecting, where the connection is open", async () => {
  const url = await answerRequests((_, response) => response.end("x"));
  const trace = new Trace();
  const session = openSession({ limit: 1, trace });
  await session.get(`${url}/first`);
  const second = session.get(`${url}/second`);
  block(20);
  await second;
  const parts = textOf([...trace.spans()].filter(({ label }) => label.endsWith("/second")));
  expect(parts).not.toContain("http connect io /second true");
  expect(parts).toContain("http request io /second true");
});

test("writes parts that add up to the time of the request", async () => {
  const url = await answerRequests((_, response) => response.end("x"));
  const trace = new Trace();
  const session = openSession({ limit: 4, trace });
  for (const answer of Array.from({ length: 50 }, (_, i) => session.get(`${url}/${i}`))) await answer;
  const parts = Map.groupBy([...trace.spans()], ({ label }) => label);
  expect(parts.size).toBe(50);
  for (const spans of parts.values()) {
    expect(spans.filter(({ lane }) => lane === "http request")).toHaveLength(1);
    for (const [i, { endMs }] of spans.entries()) {
      if (i + 1 < spans.length) expect(spans[i + 1]?.startMs).toBe(endMs);
    }
  }
});

test("marks what was cancelled or failed", async () => {
  const url = `http://${await findClosedAddress()}/`;
  const trace = new Trace();
  const session = openSession({ limit: 1, trace });
  const first = session.get(url);
  const waiting = session.get(`${url}waiting`);
  block(5);
  waiting.cancel();
  await failureOf(first);
  expect(textOf(trace.spans()).toSorted()).toEqual([
    "http connect io / false",
    "http queue queue /waiting false",
  ]);
});

test("tells a recorder of each attempt, also of one that fails, so that it knows what is in flight", async () => {
  const url = await answerRequests((_, response) => response.end("x"));
  const recorder = new RunRecorder();
  const session = openSession({ limit: 2, trace: recorder });
  await Promise.all([1, 2, 3, 4].map((n) => session.get(`${url}/${n}`).then((response) => response.text())));
  await failureOf(session.get(`http://${await findClosedAddress()}/`));
  const { started, ended, peak } = recorder.stop().flights;
  expect({ started, ended, peak }).toEqual({ started: 5, ended: 5, peak: 2 });
});
