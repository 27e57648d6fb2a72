import { CancelledError, checkpoint } from "@overlap/loop";
import { describe, expect, expectTypeOf, it } from "vitest";
import { collect, pipeline } from "../src/index.ts";

const numbers = Array.from({ length: 20 }, (_, i) => i);

describe("map", () => {
  it("replaces each item", async () => {
    const texts = await Array.fromAsync(pipeline(numbers).map((x) => `#${x}`));
    expectTypeOf(texts).toEqualTypeOf<string[]>();
    expect(texts).toEqual(numbers.map((x) => `#${x}`));
  });

  it("refuses a function that gives a promise, and says what to use", async () => {
    const wrong = Array.fromAsync(pipeline(numbers).map(async (x) => x));
    await expect(wrong).rejects.toThrow(/"map" gave a promise: for work that waits use \.io\(\)/);
  });

  it("fails the item that its function throws for, and goes on with the others", async () => {
    const kept = collect<number>();
    const summary = await pipeline(numbers)
      .map((x) => {
        if (x % 5 === 0) throw new RangeError("a multiple of five");
        return x;
      })
      .to(kept, { maxFailures: 4 })
      .run();
    expect(kept.items).toEqual(numbers.filter((x) => x % 5 !== 0));
    expect(summary).toMatchObject({ items: 20, delivered: 16, failed: 4, dropped: 0 });
    expect(summary.stages[0]).toMatchObject({ name: "map", in: 20, out: 16, failed: 4 });
  });
});

describe("filter", () => {
  it("drops items, which counts as done with them", async () => {
    const kept = collect<string>();
    const summary = await pipeline(["a", 1, "b", 2])
      .filter((x) => typeof x === "string")
      .to(kept)
      .run();
    expect(kept.items).toEqual(["a", "b"]);
    expect(summary).toMatchObject({ items: 4, delivered: 2, dropped: 2 });
  });
});

describe("flatMap", () => {
  it("makes items of sync and async iterables, in order", async () => {
    async function* countTo(n: number) {
      for (let i = 0; i < n; i++) {
        await checkpoint();
        yield `${n}.${i}`;
      }
    }
    expect(await Array.fromAsync(pipeline([2, 0, 3]).flatMap(countTo))).toEqual([
      "2.0",
      "2.1",
      "3.0",
      "3.1",
      "3.2",
    ]);
    expect(await Array.fromAsync(pipeline(["ab", "", "c"]).flatMap((text) => text.split("")))).toEqual([
      "a",
      "b",
      "c",
    ]);
  });

  it("names children after their parents, in every generation", async () => {
    const keys: string[] = [];
    await pipeline(["x", "y"], { key: (name) => name })
      .flatMap((name) => [name, name])
      .flatMap((name) => [name, name])
      .to(async (_, { idempotencyKey }) => void keys.push(idempotencyKey))
      .run();
    expect(keys).toEqual(["x/0/0", "x/0/1", "x/1/0", "x/1/1", "y/0/0", "y/0/1", "y/1/0", "y/1/1"]);
  });

  it("expands without end as fast as the sink takes, and no faster", async () => {
    let made = 0;
    function* forever() {
      for (;;) yield made++;
    }
    for await (const x of pipeline([0]).flatMap(forever)) if (x === 300) break;
    expect(made).toBeLessThan(300 + 64 + 5);
  });

  it("ends the parent as its children end: delivered, dropped without any, failed with the worst", async () => {
    const summary = await pipeline([0, 1, 2, 3])
      .flatMap((n) => Array.from({ length: n }, (_, i) => i))
      .io("check", async (i) => {
        if (i === 2) throw new Error("no twos");
        return i;
      })
      .to(collect<number>(), { maxFailures: 1 })
      .run();
    expect(summary).toMatchObject({ items: 4, dropped: 1, delivered: 2, failed: 1 });
  });

  it("fails the parent when making its children fails half-way; those made before are saved", async () => {
    const kept = collect<number>();
    function* two() {
      yield 1;
      yield 2;
      throw new Error("no third");
    }
    const summary = await pipeline(["p"]).flatMap(two).to(kept, { maxFailures: 1 }).run();
    expect(kept.items).toEqual([1, 2]);
    expect(summary).toMatchObject({ items: 1, delivered: 0, failed: 1 });
  });

  it("fails the item when somebody else's cancel comes out of it", async () => {
    const summary = await pipeline([1, 2])
      .flatMap(function* (x) {
        if (x === 1) throw new CancelledError("elsewhere");
        yield x;
      })
      .to(async () => {}, { maxFailures: 1 })
      .run();
    expect(summary).toMatchObject({ delivered: 1, failed: 1 });
  });

  it("tells an iterable that it leaves early to clean up", async () => {
    let cleaned = false;
    function* children() {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        cleaned = true;
      }
    }
    for await (const _ of pipeline([0]).flatMap(children)) break;
    expect(cleaned).toBe(true);
  });
});

describe("dedupe", () => {
  it("drops an item whose key was seen", async () => {
    const kept = collect<string>();
    const summary = await pipeline(["a", "b", "A", "c", "B"])
      .dedupe((x) => x.toLowerCase())
      .to(kept)
      .run();
    expect(kept.items).toEqual(["a", "b", "c"]);
    expect(summary).toMatchObject({ items: 5, delivered: 3, dropped: 2 });
  });

  it("remembers no more keys than it may, those seen last", async () => {
    const seen = Array.fromAsync(pipeline([1, 2, 1, 3, 1, 2]).dedupe((x) => x, { remember: 2 }));
    expect(await seen).toEqual([1, 2, 3, 2]);
  });
});

describe("stages of one name", () => {
  it("get numbers, so that each can be told", async () => {
    const { stages } = await pipeline([1])
      .map((x) => x)
      .map((x) => x)
      .map((x) => x, { name: "third" })
      .to(collect<number>())
      .run();
    expect(stages.map(({ name }) => name)).toEqual(["map", "map 2", "third", "collect"]);
  });
});
