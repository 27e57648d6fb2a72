import { readNdjson, SPAN_KINDS, type Span, type StoredTrace, Trace, toNdjson } from "@overlap/trace";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

async function readAll(pieces: Iterable<string>, options = {}): Promise<StoredTrace[]> {
  return await Array.fromAsync(readNdjson(pieces, options));
}

/** The text in pieces of `length` characters: a file's stream cuts lines anywhere. */
function cut(text: string, length: number): string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, i) =>
    text.slice(i * length, (i + 1) * length),
  );
}

const HEADER = '{"type":"trace","version":1,"spans":0,"dropped":0}\n';

describe("a stored trace", () => {
  const anySpan: fc.Arbitrary<Span> = fc
    .record({
      lane: fc.string({ minLength: 1 }),
      kind: fc.constantFrom(...SPAN_KINDS),
      label: fc.string({ maxLength: 50, unit: "binary" }),
      startMs: fc.double({ min: 0, max: 1e13, noNaN: true }),
      lengthMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
      ok: fc.boolean(),
    })
    .map(({ lengthMs, ...span }) => ({ ...span, endMs: span.startMs + lengthMs }));

  test("is read back as it was, wherever the pieces are cut", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anySpan), fc.integer({ min: 1, max: 200 }), async (spans, length) => {
        const trace = new Trace();
        for (const { lane, kind, label, startMs, endMs, ok } of spans)
          trace.span(lane, kind, label, startMs, endMs, ok);
        trace.count("limit", 40, 12.5, "answers got slower");
        const [stored] = await readAll(cut([...toNdjson(trace, { name: "crawl" })].join(""), length));
        expect([...(stored?.trace.spans() ?? [])]).toEqual([...trace.spans()]);
        expect([...(stored?.trace.counters() ?? [])]).toEqual([...trace.counters()]);
        expect(stored?.about).toEqual({ name: "crawl" });
      }),
      { numRuns: 50 },
    );
  });

  test("still says how much it had dropped, and becomes a sample where its reader keeps less", async () => {
    const trace = new Trace({ limit: 100 });
    for (let i = 0; i < 1_000; i++) trace.span("fetch", "io", "", i, i + 1);
    const text = [...toNdjson(trace)];
    const [whole] = await readAll(text);
    expect([whole?.trace.size, whole?.trace.dropped]).toEqual([100, 900]);
    const [part] = await readAll(text, { limit: 10 });
    expect([part?.trace.size, part?.trace.dropped]).toEqual([10, 990]);
  });

  test("may be followed by others in the same file", async () => {
    const traces = ["serial", "waves"].map((name, count) => {
      const trace = new Trace();
      for (let i = 0; i <= count; i++) trace.span(name, "io", "", i, i + 1);
      return [...toNdjson(trace, { name })].join("");
    });
    const stored = await readAll(traces);
    expect(stored.map(({ trace, about }) => [trace.size, about])).toEqual([
      [1, { name: "serial" }],
      [2, { name: "waves" }],
    ]);
  });

  test("may lack its last newline, and hold lines of a type that only a later version knows", async () => {
    const [stored] = await readAll([
      HEADER,
      '{"type":"later"}\n\n{"type":"counter","counter":"a","value":1,"atMs":2}',
    ]);
    expect([...(stored?.trace.counters() ?? [])]).toEqual([{ counter: "a", value: 1, atMs: 2, reason: "" }]);
  });

  test("of nothing is nothing", async () => {
    expect(await readAll([])).toEqual([]);
  });

  test.each([
    ["not JSON", "{", "line 2: it is not JSON"],
    ["no object", "[]", "line 2: it is not an object"],
    [
      "an unknown kind",
      '{"type":"span","kind":{"toString":1},"startMs":1,"endMs":2}',
      "line 2: expected one of queue",
    ],
    [
      "no time",
      '{"type":"span","kind":"io","startMs":"1","endMs":2}',
      "line 2: expected a finite number of milliseconds for startMs",
    ],
    ["another version", '{"type":"trace","version":2}', "line 2: version 1 is expected, not 2"],
  ])("with %s in it is refused, and the line is named", async (_, line, message) => {
    await expect(readAll([HEADER, line])).rejects.toMatchObject({
      code: "OVERLAP_TRACE_FORMAT",
      line: 2,
      message: expect.stringContaining(message) as string,
    });
  });

  test("that does not begin as one is refused", async () => {
    await expect(readAll(['{"traceEvents":[]}'])).rejects.toThrow(
      "line 1: a trace begins with a line of type trace",
    );
  });
});
