import { currentLoop, Future, sleep } from "@overlap/loop";
import { runVirtualSync } from "@overlap/loop/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pipeline } from "../src/index.ts";

function* count(to: number): Generator<number> {
  for (let i = 0; i < to; i++) yield i;
}

describe("a batch stage", () => {
  it("sends a batch when it is full, and the last one at the end", async () => {
    const sizes: number[] = [];
    await pipeline(count(25))
      .batch({ items: 10 })
      .to(async (batch) => void sizes.push(batch.length))
      .run();
    expect(sizes).toEqual([10, 10, 5]);
  });

  it("lets a batch go as it is when its time is over, counted from its first item", () => {
    runVirtualSync(function* () {
      const sent: { batch: readonly number[]; atMs: number }[] = [];
      yield* pipeline([0, 40, 80, 200, 210])
        .io("arrive", function* (atMs) {
          yield* sleep(atMs);
          return atMs;
        })
        .batch({ items: 10, withinMs: 100 })
        .to(function* (batch) {
          sent.push({ batch, atMs: currentLoop().now() });
        })
        .run();
      expect(sent).toEqual([
        { batch: [0, 40, 80], atMs: 100 },
        { batch: [200, 210], atMs: 210 },
      ]);
    });
  });

  it("fills on while the sink is busy, and sends what is overdue as soon as it can be taken", () => {
    runVirtualSync(function* () {
      const sizes: number[] = [];
      yield* pipeline(count(7))
        .io(
          "arrive",
          function* (x) {
            yield* sleep(x * 10);
            return x;
          },
          { concurrency: 10 },
        )
        .batch({ items: 3, withinMs: 5 })
        .to(function* (batch) {
          sizes.push(batch.length);
          yield* sleep(45);
        })
        .run();
      expect(sizes).toEqual([1, 1, 3, 2]);
    });
  });

  it("takes no further than one batch ahead", () => {
    runVirtualSync(function* () {
      let pulled = 0;
      function* source() {
        for (;;) yield pulled++;
      }
      const run = pipeline(source())
        .batch({ items: 10 })
        .to(() => new Future<void>())
        .run();
      yield* sleep(100);
      expect(pulled).toBe(30);
      run.cancel();
    });
  });

  it("never exceeds its bytes, loses nothing, and keeps the order", async () => {
    const words = fc.array(fc.string({ maxLength: 40, unit: "grapheme" }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        words,
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 9 }),
        async (texts, bytes, items) => {
          const sent: string[][] = [];
          const summary = await pipeline(texts)
            .batch({ items, bytes })
            .to(async (batch) => void sent.push(batch), { maxFailures: texts.length })
            .run();
          const size = (batch: readonly string[]) => Buffer.byteLength(batch.join(""));
          expect(Math.max(0, ...sent.map(size))).toBeLessThanOrEqual(bytes);
          expect(Math.max(0, ...sent.map((batch) => batch.length))).toBeLessThanOrEqual(items);
          const fitting = texts.filter((text) => Buffer.byteLength(text) <= bytes);
          expect(sent.flat()).toEqual(fitting);
          expect(summary.failed).toBe(texts.length - fitting.length);
        },
      ),
    );
  });

  it("fails an item that is larger than a batch may be, and says by how much", async () => {
    const run = pipeline(["x".repeat(11)])
      .batch({ bytes: 10 })
      .to(async () => {})
      .run();
    await expect(run).rejects.toMatchObject({
      stage: "batch",
      cause: {
        code: "OVERLAP_PIPELINE_ITEM_TOO_LARGE",
        message: "the item has 11 bytes, and a batch 10 at most",
      },
    });
  });

  it("measures binary data, objects, and what it is told to measure", async () => {
    const sizes = async (items: unknown[], sizeOf?: (item: unknown) => number) => {
      const sent: number[] = [];
      await pipeline(items)
        .batch({ bytes: 10, ...(sizeOf && { sizeOf }) })
        .to(async (batch) => void sent.push(batch.length))
        .run();
      return sent;
    };
    expect(await sizes([new Uint8Array(5), new Uint8Array(5), new Uint8Array(1)])).toEqual([2, 1]);
    expect(await sizes([{ a: 1 }, { b: 2 }])).toEqual([1, 1]);
    expect(await sizes([1, 2, 3], () => 4)).toEqual([2, 1]);
  });

  it("passes a failure of the source on", async () => {
    async function* broken() {
      yield 1;
      throw new Error("source broke");
    }
    await expect(
      pipeline(broken())
        .batch({ items: 2 })
        .to(async () => {})
        .run(),
    ).rejects.toThrow("source broke");
  });
});
