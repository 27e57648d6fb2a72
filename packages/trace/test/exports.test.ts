import { groupSpans, Trace, toChromeTrace, toNdjson } from "@overlap/trace";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

interface ChromeEvent {
  readonly ph: string;
  readonly name: string;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly cname?: string;
  readonly args: Record<string, unknown>;
}

function chromeEvents(trace: Trace): ChromeEvent[] {
  const text = [...toChromeTrace(trace)].join("");
  return (JSON.parse(text) as { traceEvents: ChromeEvent[] }).traceEvents;
}

function fiftyInFlight(): Trace {
  const trace = new Trace();
  const startMs = trace.now();
  for (let i = 0; i < 1_000; i++) {
    trace.span("fetch", "io", `/${i}`, startMs + i / 7, startMs + (i + 50) / 7, i % 100 !== 0);
  }
  return trace;
}

/** What "Trace Event Format" (Google, 2016) asks of complete, counter, instant and metadata events. */
const ASKED: Readonly<Record<string, Readonly<Record<string, (value: unknown) => boolean>>>> = {
  X: { ts: isTime, dur: isTime, tid: isId, cat: isText },
  C: { ts: isTime, args: (args) => Object.values(args as object).every(Number.isFinite) },
  i: { ts: isTime, s: (scope) => ["g", "p", "t"].includes(String(scope)) },
  M: { args: (args) => typeof args === "object" },
};

/** Names of the fields that an event lacks, or has wrong. */
function problemsOf(event: Record<string, unknown>): string[] {
  const asked = { name: isText, pid: isId, ...ASKED[String(event.ph)] };
  return Object.entries(asked).flatMap(([field, fits]) => (fits(event[field]) ? [] : [field]));
}

function isTime(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isId(value: unknown): boolean {
  return Number.isInteger(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

describe("Chrome Trace Event JSON", () => {
  test("gives 1,000 requests with 50 in flight exactly 50 named tracks", () => {
    const events = chromeEvents(fiftyInFlight());
    const names = events.filter((event) => event.name === "thread_name").map((event) => event.args.name);
    expect(names).toHaveLength(50);
    expect(names[0]).toBe("fetch io 1");
    expect(new Set(events.filter((event) => event.ph === "X").map((event) => event.tid)).size).toBe(50);
  });

  test("never lets two events of one track overlap, not even by rounding", () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 1_000_000 }).map((n) => n / 7_919));
    fc.assert(
      fc.property(lengths, fc.constantFrom(0, 1_700_000_000_000), (all, startMs) => {
        const trace = new Trace();
        let nextMs = startMs;
        for (const lengthMs of all) {
          trace.span("fetch", "io", "", nextMs, nextMs + lengthMs);
          nextMs += lengthMs;
        }
        let endNs = 0;
        for (const { ph, ts = -1, dur = -1 } of chromeEvents(trace)) {
          if (ph !== "X") continue;
          expect(Math.round(ts * 1_000)).toBeGreaterThanOrEqual(endNs);
          endNs = Math.round(ts * 1_000) + Math.round(dur * 1_000);
        }
      }),
    );
  });

  test("begins at 0 and counts in microseconds", () => {
    const trace = new Trace();
    trace.span("hash", "cpu", "x", 1_000.5, 1_016);
    trace.span("save", "sink", "", 1_001, 1_002.001_5, false);
    expect(chromeEvents(trace).filter((event) => event.ph === "X")).toMatchObject([
      { name: "x", cat: "cpu", ts: 0, dur: 15_500 },
      { name: "sink", cat: "sink", ts: 500, dur: 1_001.5, cname: "terrible" },
    ]);
  });

  test("carries counters, and how much was dropped", () => {
    const trace = new Trace({ limit: 1 });
    trace.count("in flight", 4, 10);
    trace.span("a", "io", "", 12, 13);
    trace.span("a", "io", "", 12, 13);
    expect(chromeEvents(trace).find((event) => event.ph === "C")).toMatchObject({
      name: "in flight",
      ts: 0,
      args: { value: 4 },
    });
    expect(JSON.parse([...toChromeTrace(trace)].join(""))).toMatchObject({ otherData: { spansDropped: 1 } });
  });

  test("has the fields that the format asks of each phase, in every event of several runs", () => {
    const second = fiftyInFlight();
    second.count("limit", 40, second.now(), "answers got slower");
    const text = [
      ...toChromeTrace([
        { name: "serial", trace: fiftyInFlight() },
        { name: "waves", trace: second },
      ]),
    ].join("");
    const { traceEvents } = JSON.parse(text) as { traceEvents: Record<string, unknown>[] };
    expect(new Set(traceEvents.map(({ ph }) => ph))).toEqual(new Set(["M", "X", "C", "i"]));
    for (const event of traceEvents) expect(problemsOf(event), JSON.stringify(event)).toEqual([]);
    expect(traceEvents.filter(({ name }) => name === "process_name").map(({ args }) => args)).toEqual([
      { name: "serial" },
      { name: "waves" },
    ]);
  });

  test("shows why a counter changed as an event of its own", () => {
    const trace = new Trace();
    trace.count("limit", 40, 10, "answers got slower");
    expect(chromeEvents(trace).filter(({ ph }) => ph === "i")).toMatchObject([
      { name: "limit 40: answers got slower", ts: 0, args: { reason: "answers got slower" } },
    ]);
  });

  test("is valid JSON for an empty trace and for hostile labels", () => {
    expect(chromeEvents(new Trace())).toHaveLength(1);
    const trace = new Trace();
    trace.span('"],"', "io", '\n\u2028"}</script>\ud800', 0, 1);
    expect(chromeEvents(trace).at(-1)).toMatchObject({
      // Half a character is none.
      name: '\n\u2028"}</script>\ufffd',
      args: { lane: '"],"' },
    });
  });
});

describe("NDJSON", () => {
  test("has a header, then one line for each span and counter sample", () => {
    const trace = new Trace();
    trace.span("fetch", "io", "two\nlines", 1, 2);
    trace.count("in flight", 1, 1);
    const lines = [...toNdjson(trace)].join("").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { type: "trace", version: 1, spans: 1, dropped: 0, droppedSamples: 0 },
      { type: "span", lane: "fetch", kind: "io", label: "two\nlines", startMs: 1, endMs: 2, ok: true },
      { type: "counter", counter: "in flight", value: 1, atMs: 1 },
    ]);
  });

  test("keeps what was given about the run, and the reason of a counter", () => {
    const trace = new Trace();
    trace.count("limit", 40, 1, "answers got slower");
    const lines = [...toNdjson(trace, { name: "crawl" })].join("").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: "trace", about: { name: "crawl" } },
      { type: "counter", reason: "answers got slower" },
    ]);
  });

  test("comes in pieces that are worth a write each", () => {
    const trace = fiftyInFlight();
    const pieces = [...toNdjson(trace)];
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.length).toBeLessThan(5);
    expect(pieces.join("").trimEnd().split("\n")).toHaveLength(1_001);
  });
});

test("groups spans by lane as they first come, and by kind as an item passes through them", () => {
  const trace = new Trace();
  trace.span("fetch", "io", "z", 0, 1);
  trace.span("fetch", "queue", "a", 0, 1);
  trace.span("hash", "cpu", "a", 2, 3);
  trace.span("fetch", "io", "a", 1, 2);
  trace.span("fetch", "queue", "b", 4, 5);
  const groups = groupSpans(trace.spans()).map(({ lane, kind, spans }) => [lane, kind, spans.length]);
  expect(groups).toEqual([
    ["fetch", "queue", 2],
    ["fetch", "io", 2],
    ["hash", "cpu", 1],
  ]);
});
