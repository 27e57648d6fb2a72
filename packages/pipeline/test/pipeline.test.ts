import { checkpoint, Future, sleep } from "@overlap/loop";
import { RunRecorder, Trace } from "@overlap/trace";
import { describe, expect, expectTypeOf, it } from "vitest";
import { collect, PipelineOptionError, pipeline, StageError, threadFunction } from "../src/index.ts";

const url = new URL("./fixtures/thread-work.ts", import.meta.url);
type Work = typeof import("./fixtures/thread-work.ts");

function* count(to: number, onClose: () => void = () => {}): Generator<number> {
  try {
    for (let i = 0; i < to; i++) yield i;
  } finally {
    onClose();
  }
}

describe("a pipeline", () => {
  it("carries every item through its stages to the sink, and counts them", async () => {
    const saved: number[] = [];
    const summary = await pipeline(count(250))
      .io("double", async (x) => x * 2, { concurrency: 7 })
      .io("add", function* (x) {
        yield* checkpoint();
        return x + 1;
      })
      .to(async (x) => void saved.push(x), { name: "save", concurrency: 3 })
      .run();
    expect(saved.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 250 }, (_, i) => i * 2 + 1));
    expect(summary.delivered).toBe(250);
    expect(summary.stages).toMatchObject([
      { name: "double", in: 250, out: 250, inFlight: 0 },
      { name: "add", in: 250, out: 250, inFlight: 0 },
      { name: "save", in: 250, out: 250, inFlight: 0 },
    ]);
  });

  it("infers the types of items from stage to stage, and from the thread module", () => {
    const built = pipeline([1, 2])
      .io("text", async (x) => String(x))
      .io("length", async (text) => {
        expectTypeOf(text).toEqualTypeOf<string>();
        return text.length;
      })
      .cpu("where", threadFunction<Work, "whereAmI">(url, "whereAmI"));
    built.to(async (x) => expectTypeOf(x).toEqualTypeOf<{ item: number; threadId: number }>());
  });

  it("never has more items in flight than a stage's concurrency", async () => {
    let inFlight = 0;
    let most = 0;
    await pipeline(count(60))
      .io(
        "wait",
        function* () {
          most = Math.max(most, ++inFlight);
          yield* sleep(1);
          inFlight--;
        },
        { concurrency: 4 },
      )
      .to(async () => {})
      .run();
    expect(most).toBe(4);
  });

  it("pulls no further than its slots when the sink is stuck", async () => {
    let pulled = 0;
    function* source() {
      for (;;) yield pulled++;
    }
    const stop = new AbortController();
    const stuck = new Future<void>();
    const running = pipeline(source())
      .io("pass", async (x) => x, { concurrency: 5 })
      .to(() => stuck, { concurrency: 2 })
      .run({ signal: stop.signal });
    for (let i = 0; i < 200; i++) await checkpoint();
    expect(pulled).toBeLessThanOrEqual(2 + 2 + 5 + 5 + 1);
    stop.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
  });

  it("names the stage and the item of a failure, keeps its cause, and closes the source", async () => {
    let closed = false;
    const failing = pipeline(count(1_000, () => (closed = true)))
      .io("check", async (x) => {
        if (x === 7) throw new RangeError("seven");
        return x;
      })
      .to(async () => {})
      .run();
    const error = await failing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StageError);
    expect(error).toMatchObject({ code: "OVERLAP_PIPELINE_STAGE", stage: "check", item: 7 });
    expect((error as StageError).message).toBe('stage "check" failed: seven');
    expect((error as StageError).cause).toBeInstanceOf(RangeError);
    expect(closed).toBe(true);
  });

  it("tells work in flight through its signal when the run is aborted, and waits until it has ended", async () => {
    const stop = new AbortController();
    const ended: unknown[] = [];
    const running = pipeline(count(10))
      .io(
        "hang",
        (x, { signal }) => {
          return new Promise<number>((_, reject) => {
            signal.addEventListener("abort", () => {
              ended.push(x);
              reject(signal.reason);
            });
            if (x === 2) stop.abort(new Error("stopped by hand"));
          });
        },
        { concurrency: 3 },
      )
      .to(async () => {})
      .run({ signal: stop.signal });
    await expect(running).rejects.toThrow("stopped by hand");
    expect(new Set(ended)).toEqual(new Set([0, 1, 2]));
  });

  it("writes a span for every item and stage", async () => {
    const trace = new Trace();
    await pipeline(count(5))
      .io("fetch", async (x) => x)
      .cpu("where", threadFunction<Work, "whereAmI">(url, "whereAmI"), { threads: 1 })
      .to(async () => {}, { name: "save" })
      .run({ trace });
    const kinds = [...trace.spans()].map((span) => `${span.lane} ${span.kind}`).toSorted();
    expect(kinds).toEqual([
      ...Array(5).fill("fetch io"),
      ...Array(5).fill("save sink"),
      ...Array(5).fill("where cpu"),
    ]);
  });

  it("refuses to run with numbers for stages that it doesn't have, or that make no sense", () => {
    const job = pipeline([1])
      .io("fetch", async (x) => x)
      .cpu("never", threadFunction<Work, "never">(url, "never"))
      .to(async () => {}, { name: "save" });
    expect(() => job.run({ stages: { fetsh: { concurrency: 5 } } })).toThrow(
      new PipelineOptionError("expected the name of a stage (fetch, never, save), got fetsh"),
    );
    expect(() => job.run({ stages: { fetch: { concurrency: 0 } } })).toThrow(
      "expected a positive integer for concurrency of fetch, got 0",
    );
    expect(() => job.run({ stages: { fetch: { threads: 2 } } })).toThrow("fetch has no threads");
    expect(() => job.run({ stages: { never: { concurrency: 2 } } })).toThrow("never has no concurrency");
    expect(() => job.run({ progressEveryMs: 0 })).toThrow(
      "expected milliseconds above 0 for progressEveryMs, got 0",
    );
  });

  it("tells a recorder of the calls that wait, and not of those that compute", async () => {
    const recorder = new RunRecorder();
    await pipeline(count(5))
      .io("fetch", async (x) => x, { concurrency: 2 })
      .cpu("where", threadFunction<Work, "whereAmI">(url, "whereAmI"), { threads: 1 })
      .to(async () => {}, { name: "save" })
      .run({ trace: recorder });
    expect(recorder.stop().flights).toMatchObject({ started: 10, ended: 10 });
  });

  it("refuses options that make no sense, saying what came", () => {
    const source = pipeline([1]);
    expect(() => source.io("x", async () => 1, { concurrency: -3 })).toThrow(
      new PipelineOptionError("expected a positive integer for concurrency, got -3"),
    );
    expect(() => source.cpu("x", threadFunction<Work, "never">(url, "never"), { threads: 1.5 })).toThrow(
      "got 1.5",
    );
    expect(() =>
      source.cpu("x", threadFunction<Work, "never">(url, "never"), { threads: Number.POSITIVE_INFINITY }),
    ).toThrow("expected a positive integer for threads, got Infinity");
    expect(() => pipeline(7 as never)).toThrow(
      "expected an iterable, or a function that gives one, for the source, got 7",
    );
    expect(() => source.io("x", "y" as never)).toThrow('expected a function for "x", got "y"');
    expect(() => source.to(collect<number>(), { maxFailures: -1 })).toThrow("maxFailures, got -1");
    expect(() => source.batch({ items: 0 })).toThrow("expected a positive integer for items, got 0");
    expect(() => source.batch({ withinMs: -1 })).toThrow("withinMs, got -1");
    expect(() => threadFunction<Work, "never">("https://example.com/x.js", "never")).toThrow(
      "expected a file: URL",
    );
  });
});
