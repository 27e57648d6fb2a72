import { Worker } from "node:worker_threads";
import { type Span, sharedNow, Trace, type TraceOptions } from "@overlap/trace";
import { describe, expect, test } from "vitest";

const collectGarbage = globalThis.gc ?? (() => {});

function record(count: number, options: TraceOptions = {}): Trace {
  const trace = new Trace(options);
  for (let i = 0; i < count; i++) trace.span("fetch", "io", `item ${i}`, i, i + 1);
  return trace;
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function heldBytes(build: () => unknown): Promise<number> {
  const before = await usedBytes();
  const held = build();
  const after = await usedBytes();
  expect(held).toBeDefined();
  return after - before;
}

/** The buffers of collected typed arrays are given back a little after the collection, on another thread. */
async function usedBytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe("recording", () => {
  test("gives back every field of a span", () => {
    const trace = new Trace();
    trace.span("fetch", "io", "/a", 1_700_000_000_000.25, 1_700_000_000_100.5);
    trace.span("save", "sink", "", 1_700_000_000_200, 1_700_000_000_300, false);
    expect([...trace.spans()]).toEqual([
      {
        lane: "fetch",
        kind: "io",
        label: "/a",
        startMs: 1_700_000_000_000.25,
        endMs: 1_700_000_000_100.5,
        ok: true,
      },
      {
        lane: "save",
        kind: "sink",
        label: "",
        startMs: 1_700_000_000_200,
        endMs: 1_700_000_000_300,
        ok: false,
      },
    ]);
  });

  test("keeps every span while it grows far beyond its first arrays", () => {
    const trace = record(50_000);
    expect(trace).toMatchObject({ size: 50_000, dropped: 0, unlabelled: 0 });
    let next = 0;
    for (const span of trace.spans()) {
      if (span.startMs !== next || span.label !== `item ${next}`)
        expect.fail(`span ${next} is ${JSON.stringify(span)}`);
      next += 1;
    }
    expect(next).toBe(50_000);
  });

  test("gives spans in order of their start although they are recorded when they end", () => {
    const trace = new Trace();
    trace.span("b", "io", "second", 5, 6);
    trace.span("a", "io", "first", 1, 9);
    trace.span("c", "io", "third", 5, 7);
    expect(Array.from(trace.spans(), (span) => span.label)).toEqual(["first", "second", "third"]);
  });

  test("records a span that ends before it starts with no length, as clocks of two threads may differ", () => {
    const trace = new Trace();
    trace.span("hash", "cpu", "x", 5, 4.999);
    expect([...trace.spans()]).toMatchObject([{ startMs: 5, endMs: 5 }]);
  });

  test("gives counter samples in order of time", () => {
    const trace = new Trace({ now: () => 7 });
    trace.count("in flight", 3);
    trace.count("in flight", 2, 4);
    expect([...trace.counters()]).toEqual([
      { counter: "in flight", value: 2, atMs: 4, reason: "" },
      { counter: "in flight", value: 3, atMs: 7, reason: "" },
    ]);
  });

  test.each([
    [
      "an unknown kind",
      (trace: Trace) => trace.span("a", "constructor" as "io", "", 0, 1),
      "for kind, got constructor",
    ],
    [
      "a start that is no number",
      (trace: Trace) => trace.span("a", "io", "", Number.NaN, 1),
      "for startMs, got NaN",
    ],
    [
      "an end that is not finite",
      (trace: Trace) => trace.span("a", "io", "", 0, Number.POSITIVE_INFINITY),
      "for endMs, got Infinity",
    ],
    ["a value that is no number", (trace: Trace) => trace.count("a", Number.NaN), "for value, got NaN"],
    [
      "a limit of 0",
      () => new Trace({ limit: 0 }),
      "expected an integer from 1 to 1073741824 for limit, got 0",
    ],
  ])("refuses %s, and says what was expected", (_, act, message) => {
    const trace = new Trace();
    expect(() => act(trace)).toThrow(expect.objectContaining({ code: "OVERLAP_TRACE_INVALID_ARGUMENT" }));
    expect(() => act(trace)).toThrow(message);
    expect(trace.size).toBe(0);
  });
});

describe("sampling above the limit", () => {
  test("keeps exactly as many spans as the limit says, and says how many it dropped", () => {
    const trace = record(1_000, { limit: 100 });
    expect(trace).toMatchObject({ size: 100, dropped: 900 });
    expect([...trace.spans()]).toHaveLength(100);
  });

  test("gives each span the same chance of being kept, whether it came early or late", () => {
    const tenths = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 200; seed++) {
      for (const span of record(1_000, { limit: 100, random: seeded(seed) }).spans()) {
        const tenth = Math.floor(span.startMs / 100);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
    }
    // 2,000 expected in each; the chi-squared statistic of 9 degrees of freedom is above 27.9 once in 1,000 times.
    const chiSquared = tenths.reduce((sum, kept) => sum + (kept - 2_000) ** 2 / 2_000, 0);
    expect(chiSquared).toBeLessThan(27.9);
  });

  test("estimates totals by the factor that size and dropped give", () => {
    const trace = record(100_000, { limit: 10_000, random: seeded(1) });
    const errors = Array.from(trace.spans()).filter((span) => span.startMs % 4 === 0).length;
    expect((errors * (trace.size + trace.dropped)) / trace.size / 25_000).toBeCloseTo(1, 1);
  });

  test("samples counters in the same way", () => {
    const trace = new Trace({ limit: 10, random: seeded(2) });
    for (let i = 0; i < 30; i++) trace.count("in flight", i, i);
    expect(trace.droppedSamples).toBe(20);
    for (const sample of trace.counters()) expect(sample.value).toBe(sample.atMs);
  });
});

describe("memory", () => {
  test("holds a million spans with different URLs as labels in 40 MB", async () => {
    const bytes = await heldBytes(() => {
      const trace = new Trace();
      for (let i = 0; i < 1_000_000; i++) {
        trace.span("fetch", "io", `https://example.org/catalogue/items/${i}?page=1&sort=name`, i, i + 1);
      }
      return trace;
    });
    expect(bytes).toBeGreaterThan(20e6);
    expect(bytes).toBeLessThan(40e6);
  });

  test("leaves labels empty after four megabytes of them, and says how many", () => {
    const trace = new Trace();
    for (let i = 0; i < 50_000; i++) trace.span("fetch", "io", `${i}`.padStart(99, "0"), i, i + 1);
    const labels = Array.from(trace.spans(), (span) => span.label);
    const kept = labels.indexOf("");
    expect(kept * 102).toBeGreaterThan(4 * 2 ** 20 - 65_536);
    expect(kept * 102).toBeLessThan(4 * 2 ** 20);
    expect(labels.slice(0, kept)).toEqual(Array.from({ length: kept }, (_, i) => `${i}`.padStart(99, "0")));
    expect(trace).toMatchObject({ size: 50_000, unlabelled: 50_000 - kept });
  });

  test("gives back any label as it was, whatever its characters", () => {
    const labels = ["é", "日本語", "👩‍🚀", "\ufeffbom", "\0", "a\nb", " ", "x".repeat(120)];
    const trace = new Trace();
    for (const [i, label] of labels.entries()) trace.span("fetch", "io", label, i, i + 1);
    trace.span("fetch", "io", "half: \ud800", 99, 100);
    expect(Array.from(trace.spans(), (span) => span.label)).toEqual([...labels, "half: \ufffd"]);
  });

  test("counts a label once when the next stages use it again", () => {
    const trace = new Trace();
    for (let i = 0; i < 40_000; i++) {
      trace.span("fetch", "io", `https://example.org/${i}?page=1`, i, i + 1);
      trace.span("hash", "cpu", "constant", i, i + 1);
      trace.span("save", "sink", `https://example.org/${i}?page=1`, i + 1, i + 2);
    }
    expect(trace).toMatchObject({ size: 120_000, unlabelled: 0 });
  });

  test("keeps both ends of a long label", () => {
    const trace = new Trace();
    trace.span("fetch", "io", `start${"x".repeat(500)}end`, 0, 1);
    const [span] = trace.spans();
    expect(span?.label).toMatch(/^startx+…x+end$/);
    expect(span?.label).toHaveLength(120);
  });

  test("doesn't keep a big text alive from which a label was cut", async () => {
    const bytes = await heldBytes(() => {
      const trace = new Trace();
      for (let i = 0; i < 10; i++) {
        const text = Buffer.alloc(5_000_000, `${i}`).toString("latin1");
        trace.span("fetch", "io", text.slice(10, 60), 0, 1);
      }
      return trace;
    });
    expect(bytes).toBeLessThan(5_000_000);
  });
});

describe("clocks", () => {
  test("is the clock it was given", () => {
    expect(new Trace({ now: () => 42 }).now()).toBe(42);
  });

  test("is one clock in all threads", async () => {
    const before = sharedNow();
    const worker = new Worker(
      `import("@overlap/trace").then(({ Trace }) => require("node:worker_threads").parentPort.postMessage(new Trace().now()))`,
      { eval: true },
    );
    const inWorker = await new Promise<number>((resolve, reject) => {
      worker.once("message", resolve).once("error", reject);
    });
    const after = sharedNow();
    await worker.terminate();
    // Both threads read the wall clock once, when they begin, with a resolution of a microsecond.
    expect(inWorker).toBeGreaterThan(before - 1);
    expect(inWorker).toBeLessThan(after + 1);
  });
});

test("a span is plain data", () => {
  const [span] = record(1).spans();
  expect(structuredClone(span)).toEqual({
    lane: "fetch",
    kind: "io",
    label: "item 0",
    startMs: 0,
    endMs: 1,
    ok: true,
  } satisfies Span);
});
