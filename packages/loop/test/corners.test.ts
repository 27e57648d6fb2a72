import {
  checkpoint,
  currentLoop,
  Event,
  gather,
  Loop,
  mapUnordered,
  run,
  shield,
  sleep,
  taskGroup,
} from "@overlap/loop";
import { runVirtual } from "@overlap/loop/testing";
import { describe, expect, it } from "vitest";

describe("a group", () => {
  it("that is cancelled by its body cancels its tasks, lets the body go on, and ends normally", async () => {
    const ended: string[] = [];
    const result = await runVirtual(function* () {
      return yield* taskGroup(function* (group) {
        const slow = group.spawn(sleep, 60_000);
        yield* checkpoint();
        group.cancel("not needed");
        yield* checkpoint();
        ended.push(slow.state);
        return "the body's";
      });
    });
    expect(result).toBe("the body's");
    expect(ended).toEqual(["cancelled"]);
  });
});

describe("the task tree", () => {
  it("names what a shield and a gather wait for", async () => {
    const never = new Event();
    const tree = await run(function* main() {
      return yield* taskGroup(function* (group) {
        group.spawn(function* shielded() {
          yield* shield(never.wait());
        });
        group.spawn(function* gathered() {
          yield* gather([never.wait(), never.wait()]);
        });
        yield* checkpoint();
        yield* checkpoint();
        const text = currentLoop().describe();
        never.set();
        return text;
      });
    });
    expect(tree).toMatch(/shielded: waits for .+, shielded/);
    expect(tree).toMatch(/gathered: waits for .*2 .*gathered/);
  });
});

describe("a plain function", () => {
  it("works as a task and as the function of a map, whatever it returns", async () => {
    expect(await run((() => 42) as never)).toBe(42);
    const doubled: number[] = [];
    const twice = ((x: number) => x * 2) as unknown as (x: number) => Promise<number>;
    for await (const value of mapUnordered([1, 2, 3], twice)) doubled.push(value);
    expect(doubled.toSorted((a, b) => a - b)).toEqual([2, 4, 6]);
  });
});

describe("a map", () => {
  it("reports that its source could not be closed", async () => {
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 1 }),
        return: async () => {
          throw new Error("cannot close");
        },
      }),
    };
    const reading = (async () => {
      for await (const _ of mapUnordered(source, async (x: number) => x)) break;
    })();
    await expect(reading).rejects.toThrow("cannot close");
  });
});

describe("a loop of one's own", () => {
  it("cannot be disposed of by what runs on it", async () => {
    const loop = new Loop();
    const outcome = loop.runUntilComplete(async () => await loop[Symbol.asyncDispose]());
    await expect(outcome).rejects.toThrow();
    await loop[Symbol.asyncDispose]();
  });
});
