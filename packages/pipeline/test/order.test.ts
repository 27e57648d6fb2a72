import { sleep } from "@overlap/loop";
import { runVirtualSync } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";
import { pipeline } from "../src/index.ts";

const items = Array.from({ length: 60 }, (_, i) => i);
/** Milliseconds that an item takes; the fifth is stuck for long. */
const delayMs = (item: number) => (item === 5 ? 10_000 : (item * 7_919) % 97);

function run(ordered: boolean, concurrency = 10) {
  return runVirtualSync(function* () {
    const came: { item: number; atMs: number }[] = [];
    const startMs = performance.now();
    const job = pipeline(items)
      .io(
        "wait",
        function* (item) {
          yield* sleep(delayMs(item));
          return item;
        },
        { concurrency, ordered },
      )
      .to(function* (item) {
        came.push({ item, atMs: performance.now() - startMs });
      });
    const summary = yield* job.run();
    return { came: came.map(({ item }) => item), summary };
  });
}

describe("an io stage", () => {
  it("gives results in the order in which they are ready, so that a slow item holds up nobody", () => {
    const { came } = run(false);
    expect(came).not.toEqual(items);
    expect(came.toSorted((a, b) => a - b)).toEqual(items);
    expect(came.at(-1)).toBe(5);
  });

  it("gives them in the order of the items when it is ordered", () => {
    expect(run(true).came).toEqual(items);
    expect(run(true, 1).came).toEqual(items);
    expect(run(true, 100).came).toEqual(items);
  });

  it("leaves out the items that failed, and keeps the order of the others", () => {
    const came = runVirtualSync(function* () {
      const saved: number[] = [];
      yield* pipeline(items)
        .io(
          "fail",
          function* (item) {
            yield* sleep(delayMs(item));
            if (item % 3 === 0) throw new Error("no multiples of three");
            return item;
          },
          { concurrency: 7, ordered: true },
        )
        .to(
          function* (item) {
            saved.push(item);
          },
          { maxFailures: 100 },
        )
        .run();
      return saved;
    });
    expect(came).toEqual(items.filter((item) => item % 3 !== 0));
  });

  it("measures how long items took, and how long it was busy", () => {
    const { stages } = run(false, 60).summary;
    expect(stages[0]?.p50Ms).toBeGreaterThan(30);
    expect(stages[0]?.p50Ms).toBeLessThan(65);
    expect(stages[0]?.p99Ms).toBeGreaterThan(9_000);
    expect(stages[0]?.busyMs).toBe(10_000);
  });
});
