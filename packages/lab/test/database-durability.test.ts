import { DatabaseSync } from "node:sqlite";
import { type DatabaseRow, spawnDatabase, startDatabase } from "@overlap/lab";
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

describe("SIGKILL", () => {
  test("in the middle of a run loses no row that was answered", async () => {
    using folder = temporaryFolder();
    const file = folder.file("rows.sqlite");
    await using database = await spawnDatabase({ delayMs: 2, jitterMs: 20, file });
    const answered = await addUntilItDies(database.address, 50, (count) => {
      if (count === 500) process.kill(database.pid, "SIGKILL");
    });
    await database.stop();
    expect(answered.length).toBeGreaterThanOrEqual(500);
    const stored = new Map(readFile(file).map((row) => [row.id, row]));
    for (const row of answered) expect(stored.get(row.id)).toEqual(row);
  });

  test("right after an answer leaves a file with which the database starts again", async () => {
    using folder = temporaryFolder();
    const file = folder.file("rows.sqlite");
    const database = await spawnDatabase({ delayMs: 0, file });
    const row = await add(database.address, "name=a", "kept");
    process.kill(database.pid, "SIGKILL");
    await database.stop();
    await using again = await spawnDatabase({ delayMs: 0, file });
    expect(await rowsOf(again.address)).toEqual([row]);
    expect((await add(again.address, "name=b")).id).toBe(2);
  });

  /** Keeps that many requests in flight until one fails; returns every row that was answered. */
  async function addUntilItDies(address: string, inFlight: number, onAnswer: (count: number) => void) {
    const answered: DatabaseRow[] = [];
    const client = async (name: string) => {
      for (;;) {
        answered.push(await add(address, `name=${name}`, `value ${answered.length}`));
        onAnswer(answered.length);
      }
    };
    await Promise.allSettled(Array.from({ length: inFlight }, (_, index) => client(String(index))));
    return answered;
  }

  function readFile(file: string): DatabaseRow[] {
    using reader = new DatabaseSync(file);
    return reader
      .prepare("SELECT id, name, value, time FROM rows")
      .all()
      .map((row) => ({ ...row }) as unknown as DatabaseRow);
  }
});

describe("closing", () => {
  test("finishes what is in service, answers the waiting 503, and takes nobody new", async () => {
    using folder = temporaryFolder();
    const file = folder.file("rows.sqlite");
    const database = await startDatabase({ delayMs: 1_000, capacity: 5, file });
    const answers = Array.from({ length: 20 }, () => ask(`${database.address}/add?name=a`));
    await statsWhen(database.address, (stats) => stats.inFlight === 5 && stats.waiting === 15);
    await database.close();
    const settled = await Promise.all(answers);
    const refused = settled.filter((answer) => answer.status === 503);
    expect(settled.filter((answer) => answer.status === 200)).toHaveLength(5);
    expect(refused.map(codeOf)).toEqual(Array.from({ length: 15 }, () => "OVERLAP_LAB_CLOSING"));
    await expect(fetch(`${database.address}/health`)).rejects.toThrow();
    await using again = await startDatabase({ file });
    expect((await ask(`${again.address}/count`)).body).toEqual({ count: 5 });
  });

  test("refuses a request that comes on an open connection meanwhile", async () => {
    await using database = await startDatabase({ delayMs: 0 });
    const socket = await openSocket(database.port);
    socket.write("GET /add?name=a&delay=300 HTTP/1.1\r\nHost: test\r\n\r\n");
    await statsWhen(database.address, (stats) => stats.inFlight === 1);
    const closed = database.close();
    socket.write("GET /add?name=b HTTP/1.1\r\nHost: test\r\n\r\n");
    const text = await readToEnd(socket);
    await closed;
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\nconnection: close\r\n.*"name":"a"/s);
    expect(text).not.toContain('"name":"b"');
  });

  test("ends idle connections at once, also those that were never used", async () => {
    const database = await startDatabase({ delayMs: 0 });
    const unused = await openSocket(database.port);
    const idle = await openSocket(database.port);
    idle.write("GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
    await new Promise((resolve) => idle.once("data", resolve));
    const ends = [unused, idle].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    unused.resume();
    idle.resume();
    await Promise.all([database.close(), ...ends]);
  });

  test("twice is closing once", async () => {
    const database = await startDatabase();
    await Promise.all([database.close(), database.close()]);
    await database.close();
  });
});

describe("a commit that fails", () => {
  test.each(["ABORT", "ROLLBACK"])(
    "(%s) is a 500 for its rows, and the database lives on",
    async (action) => {
      using folder = temporaryFolder();
      await using database = await startDatabase({ delayMs: 0, file: folder.file("rows.sqlite") });
      const { address } = database;
      using saboteur = new DatabaseSync(database.file);
      saboteur.exec(`CREATE TRIGGER full BEFORE INSERT ON rows WHEN NEW.name = 'bad'
      BEGIN SELECT RAISE(${action}, 'database or disk is full'); END`);
      await add(address, "name=before");
      const answer = await ask(`${address}/add?name=bad`);
      expect([answer.status, codeOf(answer)]).toEqual([500, "OVERLAP_LAB_NOT_STORED"]);
      expect(JSON.stringify(answer.body)).toContain("database or disk is full");
      await add(address, "name=after");
      expect((await rowsOf(address)).map((row) => row.name)).toEqual(["before", "after"]);
      expect(await statsWhen(address, () => true)).toMatchObject({ served: 2, failed: 1, inFlight: 0 });
    },
  );
});

test("rows that are due together share a commit", async () => {
  await using database = await startDatabase({ delayMs: 0 });
  const socket = await openSocket(database.port);
  socket.write("GET /add?name=a HTTP/1.1\r\nHost: test\r\n\r\n".repeat(100));
  const stats = await statsWhen(database.address, ({ served }) => served === 100);
  socket.destroy();
  expect(stats.commits).toBeLessThan(20);
});
