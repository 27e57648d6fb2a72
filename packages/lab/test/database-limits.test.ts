import { type DatabaseOptions, spawnDatabase, startDatabase } from "@overlap/lab";
import { describe, expect, test } from "vitest";
import { add, ask, codeOf, openSocket, rowsOf, statsWhen, temporaryFolder } from "./database-client.ts";

describe("capacity", () => {
  test("serves at most that many at once, however many come", async () => {
    await using database = await startDatabase({ delayMs: 10, capacity: 3 });
    const startMs = performance.now();
    await Promise.all(Array.from({ length: 30 }, () => add(database.address, "name=a")));
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(100);
    expect((await statsWhen(database.address, () => true)).peakInFlight).toBe(3);
  });

  test("serves those who wait in the order of their arrival", async () => {
    await using database = await startDatabase({ delayMs: 5, capacity: 1 });
    const { address } = database;
    const answers = [add(address, "name=first&delay=1000")];
    await statsWhen(address, (stats) => stats.inFlight === 1);
    for (const name of ["b", "c", "d", "e"]) {
      const before = answers.length;
      answers.push(add(address, `name=${name}`));
      await statsWhen(address, (stats) => stats.waiting === before);
    }
    await Promise.all(answers);
    expect((await rowsOf(address)).map((row) => row.name)).toEqual(["first", "b", "c", "d", "e"]);
  });

  test("frees the place of a client that disconnects while it waits, and stores nothing for it", async () => {
    await using database = await startDatabase({ delayMs: 0, capacity: 1 });
    const { address } = database;
    const impatient = new AbortController();
    const first = add(address, "name=first&delay=1500");
    await statsWhen(address, (stats) => stats.inFlight === 1);
    const gone = fetch(`${address}/add?name=gone`, { signal: impatient.signal });
    await statsWhen(address, (stats) => stats.waiting === 1);
    const last = add(address, "name=last");
    await statsWhen(address, (stats) => stats.waiting === 2);
    impatient.abort();
    await expect(gone).rejects.toThrow();
    await statsWhen(address, (stats) => stats.waiting === 1);
    await Promise.all([first, last]);
    expect((await rowsOf(address)).map((row) => row.name)).toEqual(["first", "last"]);
  });

  test("stores the row of a client that disconnects while it is served, and lives on", async () => {
    await using database = await startDatabase({ delayMs: 50 });
    const socket = await openSocket(database.port);
    socket.write("GET /add?name=gone HTTP/1.1\r\nHost: test\r\n\r\n");
    await statsWhen(database.address, (stats) => stats.inFlight === 1);
    socket.destroy();
    await statsWhen(database.address, (stats) => stats.inFlight === 0);
    expect(await rowsOf(database.address)).toMatchObject([{ name: "gone" }]);
  });
});

describe("rate", () => {
  test("answers at most that many per second", async () => {
    await using database = await startDatabase({ delayMs: 0, ratePerSecond: 100 });
    const { address } = database;
    const startMs = performance.now();
    const answers = [add(address, "name=1")];
    for (let sent = 2; sent <= 21; sent += 1) answers.push(add(address, `name=${sent}`));
    await Promise.all(answers);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(200);
    expect(await rowsOf(address)).toHaveLength(21);
  });

  test("serves those who wait for it in order", async () => {
    await using database = await startDatabase({ delayMs: 0, ratePerSecond: 100 });
    const names = ["a", "b", "c", "d", "e"];
    const socket = await openSocket(database.port);
    socket.write(names.map((name) => `GET /add?name=${name} HTTP/1.1\r\nHost: test\r\n\r\n`).join(""));
    await statsWhen(database.address, (stats) => stats.served === names.length);
    socket.destroy();
    expect((await rowsOf(database.address)).map((row) => row.name)).toEqual(names);
  });

  test("forgets a client that disconnects while it waits for its turn", async () => {
    await using database = await startDatabase({ delayMs: 0, ratePerSecond: 0.01 });
    const { address } = database;
    const impatient = new AbortController();
    await add(address, "name=first");
    const gone = fetch(`${address}/add?name=gone`, { signal: impatient.signal });
    await statsWhen(address, (stats) => stats.waiting === 1);
    impatient.abort();
    await expect(gone).rejects.toThrow();
    expect(await statsWhen(address, (stats) => stats.waiting === 0)).toMatchObject({ inFlight: 0, rows: 1 });
  });
});

describe("reject", () => {
  test("answers 429 with Retry-After at once when the rate is used up", async () => {
    await using database = await startDatabase({ delayMs: 0, ratePerSecond: 0.01, reject: true });
    const { address } = database;
    await add(address, "name=a");
    const answer = await ask(`${address}/add?name=b`);
    expect([answer.status, codeOf(answer)]).toEqual([429, "OVERLAP_LAB_BUSY"]);
    const retryAfterMs = Number(answer.headers.get("retry-after-ms"));
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(100_000);
    expect(answer.headers.get("retry-after")).toBe(String(Math.ceil(retryAfterMs / 1_000)));
    expect(await statsWhen(address, () => true)).toMatchObject({
      served: 1,
      rejected: 1,
      waiting: 0,
      rows: 1,
    });
  });

  test("answers 429 with the service time as Retry-After when the capacity is used up", async () => {
    using folder = temporaryFolder();
    const file = folder.file("rows.sqlite");
    await using database = await spawnDatabase({ delayMs: 60_000, capacity: 2, reject: true, file });
    const { address } = database;
    const served = [fetch(`${address}/add`), fetch(`${address}/add`)];
    await statsWhen(address, (stats) => stats.inFlight === 2);
    const answer = await ask(`${address}/add`);
    expect([answer.status, codeOf(answer)]).toEqual([429, "OVERLAP_LAB_BUSY"]);
    expect(answer.headers.get("retry-after")).toBe("60");
    expect(answer.headers.get("retry-after-ms")).toBe("60000");
    process.kill(database.pid, "SIGKILL");
    await Promise.allSettled(served);
  });

  test("takes requests again when a place is free", async () => {
    await using database = await startDatabase({ delayMs: 5, capacity: 1, reject: true });
    for (let sent = 0; sent < 3; sent += 1) await add(database.address, "name=a");
    expect((await statsWhen(database.address, () => true)).rejected).toBe(0);
  });
});

describe("failures", () => {
  test("are the same for the same seed, jitter or not, and others for another", async () => {
    const failRate = 0.3;
    const first = await statuses({ failRate, seed: 5 });
    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await statuses({ failRate, seed: 5 })).toEqual(first);
    expect(await statuses({ failRate, seed: 5, jitterMs: 2 })).toEqual(first);
    expect(await statuses({ failRate, seed: 6 })).not.toEqual(first);
  });

  test("come after the service time, store nothing, and are counted", async () => {
    await using database = await startDatabase({ delayMs: 20, failRate: 1 });
    const startMs = performance.now();
    const answer = await ask(`${database.address}/add?name=a`);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(20);
    expect([answer.status, codeOf(answer)]).toEqual([503, "OVERLAP_LAB_INJECTED"]);
    expect(await statsWhen(database.address, () => true)).toMatchObject({
      served: 0,
      failed: 1,
      rows: 0,
      commits: 0,
    });
  });

  test("of thousands of waiting requests at no delay are all answered", async () => {
    await using database = await startDatabase({ delayMs: 0, failRate: 1, capacity: 1 });
    const { address } = database;
    const first = fetch(`${address}/add?delay=300`);
    await statsWhen(address, (stats) => stats.inFlight === 1);
    const socket = await openSocket(database.port);
    socket.resume().write("GET /add HTTP/1.1\r\nHost: test\r\n\r\n".repeat(20_000));
    await Promise.all([first, statsWhen(address, (stats) => stats.failed === 20_001)]);
    socket.destroy();
  });

  async function statuses(options: DatabaseOptions): Promise<number[]> {
    await using database = await startDatabase({ delayMs: 0, ...options });
    const found: number[] = [];
    for (let sent = 0; sent < 40; sent += 1) found.push((await ask(`${database.address}/add`)).status);
    expect(await rowsOf(database.address)).toHaveLength(found.filter((status) => status === 200).length);
    return found;
  }
});
