import { existsSync } from "node:fs";
import { DatabaseFileError, ListenError, OptionError, PortInUseError, startDatabase } from "@overlap/lab";
import { describe, expect, test } from "vitest";
import {
  add,
  ask,
  codeOf,
  openSocket,
  readToEnd,
  rowsOf,
  statsWhen,
  temporaryFolder,
} from "./database-client.ts";

describe("/add", () => {
  test("stores the body of a POST and answers the row", async () => {
    await using database = await startDatabase({ delayMs: 0 });
    const before = Date.now();
    const row = await add(database.address, "name=greeting", "hello");
    expect(row).toEqual({ id: 1, name: "greeting", value: "hello", time: expect.any(Number) });
    expect(row.time).toBeGreaterThanOrEqual(before);
    expect(await rowsOf(database.address)).toEqual([row]);
  });

  test("stores a random word of ten letters when there is no body, and the same one for the same seed", async () => {
    await using one = await startDatabase({ delayMs: 0, seed: 7 });
    await using same = await startDatabase({ delayMs: 0, seed: 7 });
    await using other = await startDatabase({ delayMs: 0, seed: 8 });
    const { value } = await add(one.address, "name=a");
    expect(value).toMatch(/^[a-z]{10}$/);
    expect((await add(same.address, "name=a")).value).toBe(value);
    expect((await add(other.address, "name=a")).value).not.toBe(value);
  });

  test("takes the value of a GET from the query", async () => {
    await using database = await startDatabase({ delayMs: 0 });
    expect(await add(database.address, "name=a&value=x%20y")).toMatchObject({ value: "x y" });
  });

  test("keeps text as it is: quotes, other scripts, a zero byte", async () => {
    await using database = await startDatabase({ delayMs: 0 });
    const value = `"'; DROP TABLE rows; -- \u0000 日本語 🦊\n`;
    await add(database.address, `name=${encodeURIComponent(value)}`, value);
    expect(await rowsOf(database.address)).toMatchObject([{ name: value, value }]);
  });

  test("waits the service time, or the one that the request asks for", async () => {
    await using database = await startDatabase({ delayMs: 40 });
    const startMs = performance.now();
    await add(database.address, "name=a");
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(40);
    const againMs = performance.now();
    await add(database.address, "name=a&delay=80.5");
    expect(performance.now() - againMs).toBeGreaterThanOrEqual(80);
  });

  test.each(["delay=-1", "delay=soon", "delay=1e99", "delay=2147483648", "name=a&name=b"])(
    "refuses %s with 400 and stores nothing",
    async (parameters) => {
      await using database = await startDatabase({ delayMs: 0 });
      const answer = await ask(`${database.address}/add?${parameters}`);
      expect(answer.status).toBe(400);
      expect(codeOf(answer)).toBe("OVERLAP_LAB_BAD_PARAMETER");
      expect((await ask(`${database.address}/count`)).body).toEqual({ count: 0 });
    },
  );

  test("takes a body of 1 MiB and refuses a longer one with 413", async () => {
    await using database = await startDatabase({ delayMs: 0 });
    const value = "x".repeat(1024 * 1024);
    expect((await add(database.address, "name=large", value)).value).toHaveLength(value.length);
    const answer = await ask(`${database.address}/add`, { method: "POST", body: `${value}x` });
    expect([answer.status, codeOf(answer)]).toEqual([413, "OVERLAP_LAB_BODY_TOO_LARGE"]);
  });
});

describe("/rows and /count", () => {
  test("gives the rows of a name in the order of ids, page by page", async () => {
    await using database = await startDatabase({ delayMs: 0 });
    const { address } = database;
    for (const name of ["a", "b", "a", "b", "a"]) await add(address, `name=${name}`);
    expect((await rowsOf(address, "name=a")).map((row) => row.id)).toEqual([1, 3, 5]);
    expect((await rowsOf(address, "name=a&limit=2")).map((row) => row.id)).toEqual([1, 3]);
    expect((await rowsOf(address, "name=a&after=3&limit=2")).map((row) => row.id)).toEqual([5]);
    expect((await rowsOf(address, "after=3")).map((row) => row.id)).toEqual([4, 5]);
    expect(await rowsOf(address, "name=a&after=5")).toEqual([]);
    expect(await rowsOf(address, "name=c")).toEqual([]);
  });

  test("counts the rows of a name, or all", async () => {
    await using database = await startDatabase({ delayMs: 0 });
    for (const name of ["a", "b", "a"]) await add(database.address, `name=${name}`);
    expect((await ask(`${database.address}/count?name=a`)).body).toEqual({ count: 2 });
    expect((await ask(`${database.address}/count?name=`)).body).toEqual({ count: 3 });
  });

  test("deletes the rows of a name, or all, and never uses an id again", async () => {
    await using database = await startDatabase({ delayMs: 0 });
    const { address } = database;
    for (const name of ["a", "b", "a"]) await add(address, `name=${name}`);
    expect((await ask(`${address}/rows?name=a`, { method: "DELETE" })).body).toEqual({ deleted: 2 });
    expect(await rowsOf(address)).toMatchObject([{ id: 2, name: "b" }]);
    expect((await ask(`${address}/rows`, { method: "DELETE" })).body).toEqual({ deleted: 1 });
    expect((await add(address, "name=a")).id).toBe(4);
  });

  test("ends a page early when its rows are large, and the next page goes on there", async () => {
    await using database = await startDatabase({ delayMs: 0 });
    const value = "x".repeat(1024 * 1024);
    for (let sent = 0; sent < 20; sent += 1) await add(database.address, "name=large", value);
    const first = await rowsOf(database.address);
    const second = await rowsOf(database.address, `after=${first.at(-1)?.id}`);
    expect(first.length).toBeLessThan(20);
    expect([...first, ...second].map((row) => row.id)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  test.each(["limit=0", "limit=10001", "limit=1.5", "after=-1", "after=x"])(
    "refuses %s with 400",
    async (parameters) => {
      await using database = await startDatabase();
      const answer = await ask(`${database.address}/rows?${parameters}`);
      expect([answer.status, codeOf(answer)]).toEqual([400, "OVERLAP_LAB_BAD_PARAMETER"]);
    },
  );
});

describe("the other routes", () => {
  test("/stats counts answers, commits and rows, and gives latency percentiles", async () => {
    await using database = await startDatabase({ delayMs: 20 });
    const empty = await statsWhen(database.address, () => true);
    expect(empty.latencyMs).toEqual({ p50: null, p90: null, p99: null, max: null });
    await Promise.all(Array.from({ length: 10 }, () => add(database.address, "name=a")));
    const stats = await statsWhen(database.address, () => true);
    expect(stats).toMatchObject({ inFlight: 0, waiting: 0, served: 10, rejected: 0, failed: 0, rows: 10 });
    expect(stats.commits).toBeGreaterThan(0);
    expect(stats.commits).toBeLessThanOrEqual(10);
    const { p50, p90, p99, max } = stats.latencyMs;
    expect([p50, p90, p99, max]).toEqual([p50, p90, p99, max].sort((a, b) => Number(a) - Number(b)));
    expect(p50).toBeGreaterThanOrEqual(20);
    expect(stats.cpuMs).toBeGreaterThan(0);
    expect(stats.uptimeMs).toBeGreaterThanOrEqual(20);
  });

  test("/health answers at once", async () => {
    await using database = await startDatabase();
    expect((await ask(`${database.address}/health`)).body).toEqual({ ok: true });
  });

  test("an unknown route or method is a 404 that names the routes", async () => {
    await using database = await startDatabase();
    for (const init of [{}, { method: "PUT" }]) {
      const answer = await ask(`${database.address}/ad?name=a`, init);
      expect([answer.status, codeOf(answer)]).toEqual([404, "OVERLAP_LAB_NO_ROUTE"]);
      expect(JSON.stringify(answer.body)).toContain("GET|POST /add");
    }
  });

  test("what isn't HTTP, and a URL that can't be decoded, is a 400 in the same form", async () => {
    await using database = await startDatabase();
    const socket = await openSocket(database.port);
    socket.write("hello\r\n\r\n");
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1.1 400 .*"code":"OVERLAP_LAB_BAD_REQUEST"/s);
    expect(codeOf(await ask(`${database.address}/add%zz`))).toBe("OVERLAP_LAB_BAD_REQUEST");
  });
});

describe("startDatabase", () => {
  test.each([
    [{ port: 65_536 }, "expected an integer from 0 to 65535 for port, got 65536"],
    [{ host: "" }, 'expected a non-empty string for host, got ""'],
    [{ delayMs: -1 }, "expected a number from 0 to 2147483647 for delayMs, got -1"],
    [{ delayMs: Number.NaN }, "expected a number from 0 to 2147483647 for delayMs, got NaN"],
    [{ jitterMs: -1 }, "expected a number from 0 to 2147483647 for jitterMs, got -1"],
    [{ capacity: 0 }, "expected a positive integer for capacity, got 0"],
    [{ capacity: 1.5 }, "expected a positive integer for capacity, got 1.5"],
    [{ ratePerSecond: 0 }, "expected a positive number for ratePerSecond, got 0"],
    [{ failRate: 1.1 }, "expected a number from 0 to 1 for failRate, got 1.1"],
    [{ seed: -1 }, "expected an integer from 0 to 9007199254740991 for seed, got -1"],
    [{ file: "" }, 'expected a non-empty string for file, got ""'],
  ])("refuses %o", async (options, message) => {
    const refused = startDatabase(options);
    await expect(refused).rejects.toThrow(OptionError);
    await expect(refused).rejects.toMatchObject({ code: "OVERLAP_LAB_OPTION", message });
  });

  test("names the port when somebody else listens on it", async () => {
    await using database = await startDatabase();
    const refused = startDatabase({ port: database.port });
    await expect(refused).rejects.toThrow(PortInUseError);
    await expect(refused).rejects.toMatchObject({
      code: "OVERLAP_LAB_PORT_IN_USE",
      message: `port ${database.port} on 127.0.0.1 is in use: choose another, or 0 for a free one`,
    });
  });

  test("says so when the host isn't one of this machine", async () => {
    const refused = startDatabase({ host: "192.0.2.1" });
    await expect(refused).rejects.toThrow(ListenError);
    await expect(refused).rejects.toThrow(/EADDRNOTAVAIL/);
  });

  test("says so when the file is in no folder, or is something else", async () => {
    using folder = temporaryFolder();
    await expect(startDatabase({ file: folder.file("missing/rows.sqlite") })).rejects.toThrow(
      DatabaseFileError,
    );
    await expect(startDatabase({ file: import.meta.filename })).rejects.toThrow(/not a database/);
  });

  test("removes its temporary file when it closes, and keeps a named one with its rows", async () => {
    using folder = temporaryFolder();
    const temporary = await startDatabase();
    expect(existsSync(temporary.file)).toBe(true);
    await temporary.close();
    expect(existsSync(temporary.file)).toBe(false);

    const file = folder.file("rows.sqlite");
    const first = await startDatabase({ delayMs: 0, file });
    const row = await add(first.address, "name=kept");
    await first.close();
    await using second = await startDatabase({ delayMs: 0, file });
    expect(await rowsOf(second.address)).toEqual([row]);
  });
});
