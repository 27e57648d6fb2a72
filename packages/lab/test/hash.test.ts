import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  hashBoundMs,
  hashDiagnosis,
  hashJson,
  hashPage,
  hashTable,
  parseItemsPlan,
  runHash,
  type SpawnedDatabase,
  spawnDatabase,
} from "../src/index.ts";

let database: SpawnedDatabase;

beforeEach(async () => {
  database = await spawnDatabase({ delayMs: 5 });
});

afterEach(async () => {
  await database.stop();
});

describe("hash and save", () => {
  it("saves every item once in each strategy, and finds all of them again with the right hash", async () => {
    const plan = parseItemsPlan("24,serial=6");
    const result = await runHash({
      plan,
      difficulty: 4,
      delayMs: 5,
      batchSize: 10,
      concurrency: 8,
      address: database.address,
    });
    const json = hashJson(result);
    expect(json).toMatchObject({
      experiment: "hash",
      items: 24,
      difficulty: 4,
      delayMs: 5,
      concurrency: 8,
      batchSize: 10,
    });
    expect(json.strategies.map(({ name, items, saved, verified }) => [name, items, saved, verified])).toEqual(
      [
        ["no-io", 24, 0, false],
        ["serial", 6, 6, true],
        ["batch", 24, 24, true],
        ["async", 24, 24, true],
        ["overlap", 24, 24, true],
      ],
    );
    const count = await fetch(`${database.address}/count`);
    expect(await count.json()).toEqual({ count: 6 + 24 * 3 });
  });

  it("hashes each text once and has a span for every hash and every save", async () => {
    const { runs } = await runHash({
      plan: parseItemsPlan("9"),
      difficulty: 4,
      strategies: ["async", "overlap"],
      address: database.address,
    });
    for (const [{ trace }] of runs) {
      const kinds = [...trace.spans()].map((span) => span.kind);
      expect(kinds.filter((kind) => kind === "cpu")).toHaveLength(9);
      expect(kinds.filter((kind) => kind === "io" || kind === "sink")).toHaveLength(9);
    }
  });

  it("measures the CPU time of a hash also when no-io was not asked for, and computes the bound from it", async () => {
    const options = {
      plan: parseItemsPlan("10"),
      difficulty: 5,
      strategies: ["serial"],
      delayMs: 5,
      concurrency: 4,
    };
    const result = await runHash({ ...options, address: database.address });
    expect(result.runs).toHaveLength(1);
    expect(result.cpuMsPerItem).toBeGreaterThan(0);
    const hashingMs = (result.cpuMsPerItem * 10) / result.cores;
    expect(hashBoundMs(result, 10)).toBeCloseTo(Math.max(hashingMs, 3 * 5) + 5);
  });

  it("runs every strategy as often as it was told, and reports the median", async () => {
    const options = { plan: parseItemsPlan("3"), difficulty: 4, strategies: ["serial", "async"], repeat: 3 };
    const json = hashJson(await runHash({ ...options, address: database.address }));
    for (const { wallMs, wallMsOfRuns } of json.strategies) {
      expect(wallMsOfRuns).toHaveLength(3);
      expect(wallMs).toBe(wallMsOfRuns.toSorted((a, b) => a - b)[1]);
    }
  });

  it("comes with a table, a sentence with a number, and a page with a timeline for each strategy", async () => {
    const result = await runHash({ plan: parseItemsPlan("6"), difficulty: 4, address: database.address });
    expect(hashTable(result).rows).toHaveLength(5);
    expect(hashDiagnosis(result).headline).toMatch(/\d/);
    expect(hashPage(result).strategies.map((strategy) => strategy.name)).toEqual([
      "no-io",
      "serial",
      "batch",
      "async",
      "overlap",
    ]);
  });

  it("refuses what makes no sense and says what came", async () => {
    await expect(runHash({ strategies: ["fast"] })).rejects.toThrow(
      'no-io, serial, batch, async, overlap, got "fast"',
    );
    await expect(runHash({ plan: parseItemsPlan("5,quick=1") })).rejects.toThrow('got "quick"');
    await expect(runHash({ difficulty: 3 })).rejects.toThrow("from 4 to 31 for difficulty, got 3");
    await expect(runHash({ concurrency: 0 })).rejects.toThrow("of at least 1 for concurrency, got 0");
    expect(() => parseItemsPlan("many")).toThrow('expected a positive integer for items, got "many"');
    expect(() => parseItemsPlan("1,serial=-2")).toThrow('expected a positive integer for serial, got "-2"');
    expect(() => parseItemsPlan("serial=3")).toThrow("expected one number of items");
  });

  it("names the address when there is no database", async () => {
    await database.stop();
    await expect(runHash({ address: database.address })).rejects.toMatchObject({
      code: "OVERLAP_LAB_DATABASE_DIED",
      message: expect.stringContaining(database.address) as string,
    });
  });

  it("stops at once when its signal fires", async () => {
    const stop = new AbortController();
    const running = runHash({
      plan: parseItemsPlan("1000"),
      difficulty: 4,
      strategies: ["serial"],
      address: database.address,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === 3) stop.abort(new Error("that will do"));
      },
    });
    await expect(running).rejects.toThrow("that will do");
  });
});
