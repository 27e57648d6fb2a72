import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  hashBoundMs,
  hashDiagnosis,
  hashJson,
  hashPage,
  hashSeriesFindings,
  hashTable,
  parseItemsPlan,
  runHash,
  runHashSeries,
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
        ["file-io", 24, 24, true],
        ["serial", 6, 6, true],
        ["threads-only", 24, 24, true],
        ["batch", 24, 24, true],
        ["async", 24, 24, true],
        ["async-native", 24, 24, true],
        ["overlap", 24, 24, true],
      ],
    );
    const count = await fetch(`${database.address}/count`);
    expect(await count.json()).toEqual({ count: 6 + 24 * 5 });
  });

  it("hashes each text once and has a span for every hash and every save", async () => {
    const { runs } = await runHash({
      plan: parseItemsPlan("9"),
      difficulty: 4,
      strategies: ["threads-only", "batch", "async", "async-native", "overlap"],
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

  it("runs everything once before it counts, and holds each against the fastest with an interval", async () => {
    const options = { plan: parseItemsPlan("2"), difficulty: 4, strategies: ["no-io", "serial", "async"] };
    const result = await runHash({ ...options, repeat: 6, address: database.address });
    const [noIo, ...saving] = hashJson(result).strategies;
    expect(noIo?.againstFastest).toBeUndefined();
    expect(saving.filter(({ againstFastest }) => againstFastest === undefined)).toHaveLength(1);
    for (const { wallMs, wallMsInterval, wallMsOfRuns, againstFastest } of saving) {
      expect(wallMsInterval?.low).toBeLessThanOrEqual(wallMs);
      expect(wallMsInterval?.high).toBeGreaterThanOrEqual(wallMs);
      expect(wallMsOfRuns).toHaveLength(6);
      if (againstFastest !== undefined) expect(againstFastest.interval?.confidence).toBeGreaterThan(0.95);
    }
    expect(hashTable(result).columns.map(({ header }) => header)).toContain("against fastest");
    const count = await fetch(`${database.address}/count`);
    expect(await count.json()).toEqual({ count: 2 * 2 * 7 });
  });

  it("comes with a table, a sentence with a number, and a page with a timeline for each strategy", async () => {
    const result = await runHash({ plan: parseItemsPlan("6"), difficulty: 4, address: database.address });
    expect(hashTable(result).rows).toHaveLength(8);
    expect(hashDiagnosis(result).headline).toMatch(/\d/);
    expect(hashPage(result).strategies.map((strategy) => strategy.name)).toEqual([
      "no-io",
      "file-io",
      "serial",
      "threads-only",
      "batch",
      "async",
      "async-native",
      "overlap",
    ]);
  });

  it("refuses what makes no sense and says what came", async () => {
    await expect(runHash({ strategies: ["fast"] })).rejects.toThrow(
      'threads-only, batch, async, async-native, overlap, got "fast"',
    );
    await expect(runHash({ plan: parseItemsPlan("5,quick=1") })).rejects.toThrow('got "quick"');
    await expect(runHash({ difficulty: 3 })).rejects.toThrow("from 4 to 31 for difficulty, got 3");
    await expect(runHash({ concurrency: 0 })).rejects.toThrow("of at least 1 for concurrency, got 0");
    expect(() => parseItemsPlan("many")).toThrow('expected a positive integer for items, got "many"');
    expect(() => parseItemsPlan("1,serial=-2")).toThrow('expected a positive integer for serial, got "-2"');
    expect(() => parseItemsPlan("serial=3")).toThrow("expected one number of items");
  });

  it("runs several difficulties, and draws run time against the time of an iteration", async () => {
    const series = await runHashSeries({
      plan: parseItemsPlan("10"),
      difficulties: [6, 4, 6],
      strategies: ["async", "overlap"],
      address: database.address,
    });
    expect(series.results.map(({ options }) => options.difficulty)).toEqual([4, 6]);
    const { table, page, diagnosis } = hashSeriesFindings(series);
    expect(table().rows.map(({ name, difficulty, saved }) => [name, difficulty, saved])).toEqual([
      ["async", 4, 10],
      ["overlap", 4, 10],
      ["async", 6, 10],
      ["overlap", 6, 10],
    ]);
    expect(diagnosis().headline).toContain("difficulty 6");
    const [figure] = (await page()).lines ?? [];
    expect(figure?.lines.map(({ name, points }) => [name, points.length])).toEqual([
      ["async", 2],
      ["overlap", 2],
    ]);
    await expect(runHashSeries({ difficulties: [] })).rejects.toThrow("at least one difficulty");
  });

  it("counts the rate of the database into the bound", async () => {
    const options = { plan: parseItemsPlan("10"), difficulty: 4, strategies: ["async"], delayMs: 5 };
    const result = await runHash({ ...options, ratePerSecond: 100 });
    expect(hashBoundMs(result, 200)).toBeCloseTo(2_000 + 5);
    expect(hashJson(result).strategies[0]?.saved).toBe(10);
  });

  it.each(["async", "async-native", "batch", "threads-only", "overlap"])(
    "%s fails with the status when the database refuses to save",
    async (strategy) => {
      await using failing = await spawnDatabase({ delayMs: 1, failRate: 1 });
      const running = runHash({
        plan: parseItemsPlan("12"),
        difficulty: 4,
        strategies: [strategy],
        address: failing.address,
      });
      await expect(running).rejects.toSatisfy((error) => inspect(error, { depth: 10 }).includes("503"));
    },
  );

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
