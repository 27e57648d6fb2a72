import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { steadyWindow } from "../src/crawl/steady-window.ts";
import {
  crawlDiagnosis,
  crawlIdealMs,
  crawlJson,
  crawlPage,
  crawlSweepFindings,
  crawlTable,
  parseItemsPlan,
  runCrawl,
  runCrawlSweep,
  spawnDatabase,
} from "../src/index.ts";

describe("crawl", () => {
  it("downloads every page once in each strategy, to the last byte", async () => {
    await using database = await spawnDatabase({ delayMs: 5 });
    const result = await runCrawl({
      plan: parseItemsPlan("40,serial=5,threads=10"),
      delayMs: 5,
      concurrency: 10,
      address: database.address,
    });
    const json = crawlJson(result);
    expect(json).toMatchObject({ experiment: "crawl", items: 40, delayMs: 5, concurrency: 10, idealMs: 20 });
    expect(json.strategies.map(({ name, items, failed }) => [name, items, failed])).toEqual([
      ["serial", 5, 0],
      ["callbacks", 40, 0],
      ["futures", 40, 0],
      ["greenlets", 40, 0],
      ["client-queue", 40, 0],
      ["coroutines", 40, 0],
      ["waves", 40, 0],
      ["async-native", 40, 0],
      ["threads", 10, 0],
    ]);
    expect(crawlIdealMs(result, 41)).toBe(25);
    const count = await fetch(`${database.address}/count`);
    expect(await count.json()).toEqual({ count: 5 + 40 * 7 + 10 });
  });

  it("comes with a table, a sentence with a number, and a page", async () => {
    await using database = await spawnDatabase({ delayMs: 1 });
    const result = await runCrawl({
      plan: parseItemsPlan("6"),
      delayMs: 1,
      address: database.address,
      strategies: ["serial", "coroutines"],
    });
    expect(crawlTable(result).rows).toHaveLength(2);
    expect(crawlDiagnosis(result).headline).toMatch(/\d/);
    expect(crawlPage(result).strategies).toHaveLength(2);
  });
});

describe("against a server that counts", () => {
  let server: Server;
  let address: string;
  let open = 0;
  let most = 0;

  beforeEach(async () => {
    open = 0;
    most = 0;
    server = createServer((request, response) => {
      if (request.url === "/stats") return void response.end('{"cpuMs":0}');
      most = Math.max(most, ++open);
      response.on("close", () => open--);
      setTimeout(() => {
        response.statusCode = request.url?.endsWith("-7") === true ? 503 : 200;
        response.end("0123456789");
      }, 5);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    "callbacks",
    "futures",
    "greenlets",
    "client-queue",
    "coroutines",
    "waves",
    "async-native",
    "threads",
  ])(
    "%s never has more in flight than it was told, counts bytes, and a bad status as failed",
    async (name) => {
      const result = await runCrawl({
        plan: parseItemsPlan("50"),
        strategies: [name],
        concurrency: 8,
        address,
      });
      expect(most).toBeLessThanOrEqual(8);
      if (name !== "threads") expect(most).toBe(8); // threads take their time to start
      const [figures] = crawlJson(result).strategies;
      expect(figures).toMatchObject({ bytes: 500, failed: 1 });
      expect(figures?.meanInFlight).toBeLessThanOrEqual(8);
    },
  );

  it.each(["callbacks", "futures", "client-queue", "waves", "async-native", "threads"])(
    "%s fails, and stops, when the server is gone",
    async (name) => {
      const crawling = runCrawl({
        plan: parseItemsPlan("3000"),
        strategies: [name],
        concurrency: 4,
        address,
        onProgress: ({ done }) => {
          if (done !== 20) return;
          server.close();
          server.closeAllConnections();
        },
      });
      await expect(crawling).rejects.toThrow();
    },
  );
});

describe("a sweep", () => {
  it("measures every level with as many in flight as it allows, and confirms what it names", async () => {
    const result = await runCrawlSweep({ levels: [8, 1, 2, 4, 8], delayMs: 5, capacity: 2, levelMs: 100 });
    expect(result.levels.map(({ concurrency }) => concurrency)).toEqual([1, 2, 4, 8]);
    for (const { concurrency, meanInFlight, failed, requests } of result.levels) {
      expect(meanInFlight).toBeLessThanOrEqual(concurrency + 0.001);
      expect(meanInFlight).toBeGreaterThan(concurrency * 0.8);
      expect(failed).toBe(0);
      expect(requests).toBeGreaterThan(concurrency * 5);
    }
    expect(result.confirmation !== undefined).toBe(result.knee.answer.found === "knee");
    const { json, table, diagnosis, page } = crawlSweepFindings(result);
    expect(json()).toMatchObject({ experiment: "crawl", sweep: [1, 2, 4, 8], capacity: 2 });
    expect(table().rows).toHaveLength(4);
    expect(diagnosis().headline).toMatch(/\d/);
    expect((await page()).strategies.length).toBeGreaterThan(0);
  });

  it("says what is wrong with its options", async () => {
    await expect(runCrawlSweep({ levels: [0] })).rejects.toThrow("of at least 1 for levels, got 0");
    await expect(runCrawlSweep({ levels: [] })).rejects.toThrow("at least one level");
    await expect(runCrawlSweep({ strategy: "serial" })).rejects.toThrow('for the sweep, got "serial"');
    await expect(runCrawlSweep({ capacity: 3, address: "http://127.0.0.1:1" })).rejects.toThrow(
      "expected no capacity for the database at http://127.0.0.1:1",
    );
  });
});

describe("the steady part of a run", () => {
  it("leaves out filling and draining", () => {
    // Two slots, the second of which is filled 4 ms later; the first is empty from 30 on.
    const spans = [0, 4, 10, 14, 20, 24].map((startMs) => ({
      startMs,
      endMs: startMs + 10,
      ok: startMs !== 10 && startMs !== 0,
    }));
    expect(steadyWindow(spans, 2)).toEqual({ requests: 2, failed: 1, wallMs: 10, meanInFlight: 2 });
  });

  it("does not exist where the limit was never filled twice", () => {
    const spans = [0, 0, 10].map((startMs) => ({ startMs, endMs: startMs + 10, ok: true }));
    expect(steadyWindow(spans, 3)).toBeUndefined();
  });
});
