import { sleep } from "@overlap/loop";
import { describe, expect, it } from "vitest";
import { pipeline } from "../src/index.ts";

function* count(onClose: () => void = () => {}): Generator<number> {
  try {
    for (let i = 0; ; i++) yield i;
  } finally {
    onClose();
  }
}

describe("iterating a pipeline", () => {
  it("gives what comes out", async () => {
    const doubled: number[] = [];
    for await (const x of pipeline([1, 2, 3]).io("double", async (x) => x * 2)) doubled.push(x);
    expect(doubled.toSorted((a, b) => a - b)).toEqual([2, 4, 6]);
  });

  it("begins nothing before the first is asked for", async () => {
    let pulled = false;
    function* source() {
      pulled = true;
      yield 1;
    }
    const results = pipeline(source())[Symbol.asyncIterator]();
    await sleep(0);
    expect(pulled).toBe(false);
    await results.next();
    expect(pulled).toBe(true);
    await results.return();
  });

  it("cancels what is in flight when the loop is left, waits for it, and closes the source", async () => {
    let closed = false;
    let inFlight = 0;
    const waiting = pipeline(count(() => (closed = true))).io(
      "wait",
      function* (x) {
        inFlight++;
        try {
          yield* sleep(x === 0 ? 0 : 60_000);
        } finally {
          inFlight--;
        }
        return x;
      },
      { concurrency: 10 },
    );
    for await (const x of waiting) {
      expect(x).toBe(0);
      expect(inFlight).toBeGreaterThan(0);
      break;
    }
    expect(inFlight).toBe(0);
    expect(closed).toBe(true);
  });

  it("throws what failed, with its stage and item, after the results before it", async () => {
    const seen: number[] = [];
    const failing = async () => {
      for await (const x of pipeline([1, 2, 3, 4]).map((x) => {
        if (x === 3) throw new Error("three");
        return x;
      }))
        seen.push(x);
    };
    await expect(failing()).rejects.toMatchObject({ stage: "map", item: 3 });
    expect(seen).toEqual([1, 2]);
  });
});
