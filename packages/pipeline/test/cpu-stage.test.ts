import { sleep } from "@overlap/loop";
import { describe, expect, it } from "vitest";
import {
  collect,
  pipeline,
  type StageError,
  ThreadError,
  ThreadModuleError,
  ThreadTimeoutError,
  threadFunction,
} from "../src/index.ts";

const url = new URL("./fixtures/thread-work.ts", import.meta.url);
type Work = typeof import("./fixtures/thread-work.ts");

function* count(to: number): Generator<number> {
  for (let i = 0; i < to; i++) yield i;
}

describe("a cpu stage", () => {
  it("runs its function on as many threads as it was given", async () => {
    const threads = new Set<number>();
    await pipeline(count(200))
      .cpu("where", threadFunction<Work, "whereAmI">(url, "whereAmI"), { threads: 2, chunk: 1 })
      .to(async ({ threadId }) => void threads.add(threadId))
      .run();
    expect(threads.size).toBe(2);
    expect(threads.has(0)).toBe(false);
  });

  it("takes other threads when the run says so", async () => {
    const threads = new Set<number>();
    await pipeline(count(100))
      .cpu("where", threadFunction<Work, "whereAmI">(url, "whereAmI"), { threads: 2 })
      .to(async ({ threadId }) => void threads.add(threadId))
      .run({ stages: { where: { threads: 1 } } });
    expect(threads.size).toBe(1);
  });

  it("sends small items in chunks, and loses and doubles none", async () => {
    const kept = collect<number>();
    const { stages } = await pipeline(count(20_000))
      .cpu("later", threadFunction<Work, "later">(url, "later"), { threads: 2 })
      .to(kept)
      .run();
    expect(kept.items.toSorted((a, b) => a - b)).toEqual(Array.from(count(20_000), (x) => x + 1));
    expect(stages[0]).toMatchObject({ in: 20_000, out: 20_000, inFlight: 0, failed: 0 });
  });

  it("keeps the order of the items when it is ordered, however uneven they are", async () => {
    const kept = collect<number>();
    const uneven = threadFunction<Work, "uneven">(url, "uneven");
    await pipeline(count(40)).cpu("uneven", uneven, { threads: 2, chunk: 1, ordered: true }).to(kept).run();
    expect(kept.items).toEqual([...count(40)]);
  });

  it("carries an error of its function over with its class name, its stack and its own properties", async () => {
    const failing = pipeline([1, 2, 3])
      .cpu("fail", threadFunction<Work, "failOn">(url, "failOn"))
      .to(async () => {});
    const error = await failing.run().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ stage: "fail", item: 3, cause: { name: "TypeError", code: "E_THREE" } });
    expect(((error as StageError).cause as Error).stack).toContain("thread-work.ts");
  });

  it("carries over what can be copied of an error that can't", async () => {
    const odd = threadFunction<Work, "throwsUncopyable">(url, "throwsUncopyable");
    const run = pipeline([1])
      .cpu("odd", odd, { threads: 1 })
      .to(async () => {});
    await expect(run.run()).rejects.toMatchObject({ cause: { message: "odd", code: "E_ODD" } });
  });

  it.each([
    ["failOn", "TypeError"],
    ["exitOn", "ThreadError"],
    ["uncopyableOn", "DataCloneError"],
  ] as const)("loses only the item that %s fails for, and none of its chunk", async (name, cause) => {
    const kept = collect<unknown>();
    const fn = threadFunction<Work, typeof name>(url, name);
    const summary = await pipeline(count(12))
      .cpu("work", fn, { threads: 1, chunk: 6 })
      .to(kept, { maxFailures: 1 })
      .run();
    expect(new Set(kept.items)).toEqual(new Set([0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11]));
    expect(kept.items).toHaveLength(11);
    expect(summary).toMatchObject({ items: 12, delivered: 11, failed: 1 });
    const first = await pipeline([3])
      .cpu("work", fn, { threads: 1 })
      .to(kept)
      .run()
      .catch((e: unknown) => e);
    expect(first).toMatchObject({ item: 3, cause: { name: cause } });
  });

  it("ends a thread whose item takes longer than it may, and does the others again", async () => {
    const kept = collect<number>();
    const hang = threadFunction<Work, "hangOn">(url, "hangOn");
    const summary = await pipeline(count(8))
      .cpu("hang", hang, { threads: 2, chunk: 4, timeoutMs: 100 })
      .to(kept, { maxFailures: 1 })
      .run();
    expect(kept.items.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 4, 5, 6, 7]);
    expect(summary.failed).toBe(1);
    const run = pipeline([3]).cpu("hang", hang, { threads: 1, timeoutMs: 50 }).to(kept).run();
    await expect(run).rejects.toMatchObject({ cause: new ThreadTimeoutError(50) });
  });

  it("refuses an item that can't be copied", async () => {
    const where = threadFunction<Record<"whereAmI", (item: object) => unknown>, "whereAmI">(url, "whereAmI");
    const run = pipeline([{ fn: () => 1 }])
      .cpu("where", where, { threads: 1 })
      .to(async () => {});
    await expect(run.run()).rejects.toMatchObject({ stage: "where", cause: expect.any(ThreadError) });
  });

  it.each([
    ["exports no function", url, "missing", /exports no function named missing/],
    ["can't be loaded", new URL("./fixtures/no-such-file.ts", import.meta.url), "x", /no-such-file/],
  ])("says so when the module %s, whatever failures are allowed", async (_, module, name, message) => {
    const wrong = threadFunction<Record<string, (item: number) => number>, string>(module, name);
    const running = pipeline(count(100))
      .cpu("x", wrong, { threads: 1 })
      .to(async () => {}, { maxFailures: 1_000 })
      .run();
    await expect(running).rejects.toThrow(message);
    await expect(running).rejects.toBeInstanceOf(ThreadModuleError);
  });

  it("moves binary data there and back when it may", async () => {
    const lengths: number[] = [];
    const sent: Uint8Array<ArrayBuffer>[] = [];
    await pipeline([10, 1_000_000])
      .cpu("fill", threadFunction<Work, "fill">(url, "fill"), { threads: 1, transfer: true })
      .map((bytes) => {
        sent.push(bytes);
        return bytes;
      })
      .cpu("sum", threadFunction<Work, "sum">(url, "sum"), { threads: 1, transfer: true })
      .to(async (sum) => void lengths.push(sum))
      .run();
    expect(lengths).toEqual([100, 1_000_000 * (1_000_000 % 256)]);
    expect(sent.map((bytes) => bytes.byteLength)).toEqual([0, 0]);
  });

  it("ends threads that never return when the run is aborted", async () => {
    const stop = new AbortController();
    const running = pipeline(count(10))
      .cpu("never", threadFunction<Work, "never">(url, "never"), { threads: 2 })
      .to(async () => {});
    const result = running.run({ signal: stop.signal });
    for (let i = 0; i < 5; i++) await sleep(1);
    stop.abort(new Error("no more"));
    await expect(result).rejects.toThrow("no more");
  });
});
