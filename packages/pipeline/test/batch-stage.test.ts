import { Future } from "@overlap/loop";
import { describe, expect, it } from "vitest";
import { pipeline } from "../src/index.ts";

function* count(to: number): Generator<number> {
  for (let i = 0; i < to; i++) yield i;
}

describe("a batch stage", () => {
  it("seals a batch when it is full, and the last one at the end", async () => {
    const sizes: number[] = [];
    await pipeline(count(25))
      .batch({ items: 10 })
      .to(async (batch) => void sizes.push(batch.length))
      .run();
    expect(sizes).toEqual([10, 10, 5]);
  });

  it("lets a batch go as it is when its time is over", async () => {
    const more = new Future<void>();
    async function* slow() {
      yield 1;
      yield 2;
      await more;
      yield 3;
    }
    const batches: number[][] = [];
    await pipeline(slow())
      .batch({ items: 10, withinMs: 1 })
      .to(async (batch) => {
        batches.push(batch);
        if (!more.done) more.setResult();
      })
      .run();
    expect(batches).toEqual([[1, 2], [3]]);
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
