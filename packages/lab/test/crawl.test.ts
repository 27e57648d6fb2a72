import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  crawlDiagnosis,
  crawlIdealMs,
  crawlJson,
  crawlPage,
  crawlTable,
  parseItemsPlan,
  runCrawl,
  spawnDatabase,
} from "../src/index.ts";

describe("crawl", () => {
  it("downloads every page once in each strategy, to the last byte", async () => {
    await using database = await spawnDatabase({ delayMs: 5 });
    const result = await runCrawl({
      plan: parseItemsPlan("40,serial=5"),
      delayMs: 5,
      concurrency: 10,
      address: database.address,
    });
    const json = crawlJson(result);
    expect(json).toMatchObject({ experiment: "crawl", items: 40, delayMs: 5, concurrency: 10, idealMs: 20 });
    expect(json.strategies.map(({ name, items, failed }) => [name, items, failed])).toEqual([
      ["serial", 5, 0],
      ["coroutines", 40, 0],
    ]);
    expect(crawlIdealMs(result, 41)).toBe(25);
    const count = await fetch(`${database.address}/count`);
    expect(await count.json()).toEqual({ count: 45 });
  });

  it("comes with a table, a sentence with a number, and a page", async () => {
    await using database = await spawnDatabase({ delayMs: 1 });
    const result = await runCrawl({ plan: parseItemsPlan("6"), delayMs: 1, address: database.address });
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

  it("never has more in flight than it was told, counts bytes, and a bad status as failed", async () => {
    const result = await runCrawl({
      plan: parseItemsPlan("50"),
      strategies: ["coroutines"],
      concurrency: 8,
      address,
    });
    expect(most).toBe(8);
    const [figures] = crawlJson(result).strategies;
    expect(figures).toMatchObject({ bytes: 500, failed: 1 });
    expect(figures?.meanInFlight).toBeLessThanOrEqual(8);
  });
});
