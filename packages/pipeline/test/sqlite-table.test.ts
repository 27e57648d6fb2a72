import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sleep } from "@overlap/loop";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pipeline, range, type SqliteTableOptions, sqliteTable } from "../src/index.ts";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "overlap-sqlite-"));
  file = join(folder, "out.db");
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function query(sql: string): Record<string, unknown>[] {
  using db = new DatabaseSync(file);
  return db
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }));
}

async function save<Row>(rows: readonly Row[], options: SqliteTableOptions<Row> = {}) {
  return await pipeline(rows)
    .to(sqliteTable<Row>(file, "t", options) as never, { maxFailures: rows.length })
    .run();
}

describe("sqliteTable", () => {
  it("makes the table from the rows, and adds columns that later rows bring", async () => {
    await save<object>([{ id: 1, name: "a" }, { id: 2, size: 1.5 }, { name: "c" }]);
    expect(query("SELECT * FROM t")).toEqual([
      { id: 1, name: "a", size: null },
      { id: 2, name: null, size: 1.5 },
      { id: null, name: "c", size: null },
    ]);
  });

  it("stores values of every kind", async () => {
    await save<object>([
      {
        yes: true,
        no: false,
        none: undefined,
        when: new Date(0),
        big: 2n ** 60n,
        bytes: new Uint8Array([1, 2]),
        list: [1, "x"],
        'odd "name"': "ok",
      },
    ]);
    const names = 'yes, no, none, "when", CAST(big AS TEXT) AS big, bytes, list, "odd ""name"""';
    const [row] = query(`SELECT ${names} FROM t`);
    expect(row).toMatchObject({
      yes: 1,
      no: 0,
      none: null,
      when: "1970-01-01T00:00:00.000Z",
      big: "1152921504606846976",
      bytes: new Uint8Array([1, 2]),
      list: '[1,"x"]',
      'odd "name"': "ok",
    });
  });

  it("puts items that are no objects into one column", async () => {
    await save([1, "two", null]);
    expect(query("SELECT * FROM t")).toEqual([{ value: 1 }, { value: "two" }, { value: null }]);
  });

  it("takes the columns it is given: names, or a function for each", async () => {
    await save([{ a: 1, b: 2, c: 3 }], { columns: ["c", "a"] });
    expect(query("SELECT * FROM t")).toEqual([{ c: 3, a: 1 }]);
    const page = { url: "u", body: "hello" };
    await pipeline([page])
      .to(
        sqliteTable<typeof page>(file, "pages", {
          columns: { url: (row) => row.url, bytes: (row) => row.body.length },
        }),
      )
      .run();
    expect(query("SELECT * FROM pages")).toEqual([{ url: "u", bytes: 5 }]);
  });

  it("replaces a row that has the same key", async () => {
    const options = { key: ["a", "b"] };
    await save(
      [
        { a: 1, b: 1, x: "old" },
        { a: 1, b: 2, x: "other" },
      ],
      options,
    );
    await save([{ a: 1, b: 1, x: "new" }], options);
    expect(query("SELECT * FROM t ORDER BY b")).toEqual([
      { a: 1, b: 1, x: "new" },
      { a: 1, b: 2, x: "other" },
    ]);
  });

  it("fails a row that the database refuses, and saves the others of its batch", async () => {
    {
      using db = new DatabaseSync(file);
      db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0))");
    }
    const summary = await pipeline([
      { id: 1, n: 1 },
      { id: 2, n: -1 },
      { id: 1, n: 5 },
      { id: 3, n: 2n ** 70n },
      { id: 4, n: 4 },
    ])
      .batch({ items: 10 })
      .to(sqliteTable(file, "t"), { maxFailures: 5, retry: { attempts: 3 } })
      .run();
    expect(summary).toMatchObject({ delivered: 2, failed: 3, retries: 0 });
    expect(query("SELECT id FROM t")).toEqual([{ id: 1 }, { id: 4 }]);
  });

  it("fails a row whose mapping throws", async () => {
    const columns = {
      n: (row: { n: number }) => 1 / row.n,
      size: (row: { n: number }) => "x".repeat(row.n).length,
    };
    expect(await save([{ n: 1 }, { n: -1 }, { n: 2 }], { columns })).toMatchObject({
      delivered: 2,
      failed: 1,
    });
  });

  it("says when the table has no unique index on the key, or the file is something else", async () => {
    await save([{ id: 1 }]);
    await expect(save([{ id: 1 }], { key: "id" })).rejects.toMatchObject({
      code: "OVERLAP_PIPELINE_SINK",
      message: expect.stringMatching(/ON CONFLICT clause does not match/),
    });
    await writeFile(join(folder, "text.db"), "this is a text that is long enough to be none");
    const run = pipeline([1])
      .to(sqliteTable(join(folder, "text.db"), "t"))
      .run();
    await expect(run).rejects.toThrow(/cannot open .*text\.db: the file is no SQLite database/);
    expect(() => sqliteTable(file, "")).toThrow("expected a name for the table");
  });
});

describe("sqliteTable with the journal in the sink", () => {
  it("saves rows and notes in the same transactions, and resumes", async () => {
    const job = pipeline(range(0, 1_000))
      .map((n) => ({ n }))
      .batch({ items: 64 })
      .to(sqliteTable(file, "t"), { journal: "in-sink" });
    expect(await job.run({ maxItems: 300 })).toMatchObject({ delivered: 300 });
    await expect(job.run()).rejects.toMatchObject({ code: "OVERLAP_PIPELINE_JOURNAL_EXISTS", done: 300 });
    expect(await job.run({ resume: true })).toMatchObject({ delivered: 700, skipped: 300 });
    expect(query("SELECT count(*) AS rows, count(DISTINCT n) AS items FROM t")).toEqual([
      { rows: 1_000, items: 1_000 },
    ]);
  });

  it("keeps the journals of several tables of one file apart", async () => {
    const job = (table: string) =>
      pipeline(range(0, 10)).to(sqliteTable(file, table), { journal: "in-sink" });
    await job("a").run();
    expect(await job("b").run()).toMatchObject({ delivered: 10 });
  });

  it("notes what was filtered, set aside and made of items, too", async () => {
    const job = pipeline(range(0, 30))
      .filter((n) => n % 3 !== 0)
      .flatMap((n) => [
        { n, half: "a" },
        { n, half: "b" },
      ])
      .map((row) => {
        if (row.n === 10 && row.half === "b") throw new Error("no");
        return row;
      })
      .to(sqliteTable(file, "t"), { journal: "in-sink", deadLetter: join(folder, "dead.ndjson") });
    expect(await job.run()).toMatchObject({ items: 30, dropped: 10, delivered: 19, rejected: 1 });
    expect(await job.run({ resume: true })).toMatchObject({ items: 0, skipped: 30 });
    expect(query("SELECT count(*) AS rows FROM t")).toEqual([{ rows: 39 }]);
  });

  it("stops a run that another one has taken over, before it saves anything twice", async () => {
    let takenOver = false;
    const job = pipeline(range(0, 100))
      .io(
        "slow",
        async (n) => {
          if (n === 50 && !takenOver) {
            takenOver = true;
            await job.run({ resume: true });
          }
          return { n };
        },
        { concurrency: 1 },
      )
      .to(sqliteTable(file, "t"), { journal: "in-sink", concurrency: 1 });
    await expect(job.run()).rejects.toMatchObject({ code: "OVERLAP_PIPELINE_JOURNAL" });
    expect(query("SELECT count(*) AS rows, count(DISTINCT n) AS items FROM t")).toEqual([
      { rows: 100, items: 100 },
    ]);
  });

  it("lets go of the file when the journal refuses", async () => {
    const job = pipeline(range(0, 3))
      .map((n) => ({ n }))
      .to(sqliteTable(file, "t"), { journal: "in-sink" });
    await job.run();
    await expect(job.run()).rejects.toMatchObject({ code: "OVERLAP_PIPELINE_JOURNAL_EXISTS" });
    // The last connection that is closed removes it.
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it("forgets nothing of a run that ended before any of its items was done", async () => {
    const stop = new AbortController();
    const job = pipeline(range(0, 1))
      .flatMap(() => ["a", "b", "c"])
      .io(
        "check",
        async (name) => {
          if (name === "c" && !stop.signal.aborted) {
            while (query("SELECT 1 FROM overlap_t_children").length < 2) await sleep(1);
            stop.abort(new Error("enough"));
          }
          return { name };
        },
        { concurrency: 1 },
      )
      .to(sqliteTable<{ name: string }>(file, "t"), { journal: "in-sink" });
    await expect(job.run({ signal: stop.signal })).rejects.toThrow("enough");
    await expect(job.run()).rejects.toMatchObject({ code: "OVERLAP_PIPELINE_JOURNAL_EXISTS" });
    await job.run({ resume: true });
    expect(query("SELECT name FROM t ORDER BY name")).toEqual([{ name: "a" }, { name: "b" }, { name: "c" }]);
  });

  it("says what is wrong with the dead-letter file, and saves nothing that it could not note", async () => {
    const run = pipeline(range(0, 10))
      .map((n) => {
        if (n === 3) throw new Error("no");
        return { n };
      })
      .batch({ items: 10 })
      .to(sqliteTable(file, "t"), {
        journal: "in-sink",
        deadLetter: join(folder, "no/such/folder/failed.ndjson"),
      })
      .run();
    await expect(run).rejects.toMatchObject({ code: "OVERLAP_PIPELINE_DEAD_LETTER" });
    expect(query("SELECT count(*) AS tables FROM sqlite_schema WHERE name = 't'")).toEqual([{ tables: 0 }]);
  });

  it("saves all rows of an item that is an array, or none", async () => {
    let broken = true;
    const job = pipeline(range(0, 2))
      .map((n) => [{ id: `${n}a` }, { id: broken && n === 1 ? `${n}a` : `${n}b` }])
      .to(sqliteTable<{ id: string }>(file, "t", { columns: ["id"] }), {
        journal: "in-sink",
        maxFailures: 2,
      });
    using db = new DatabaseSync(file);
    db.exec("CREATE TABLE t (id TEXT UNIQUE)");
    expect(await job.run()).toMatchObject({ delivered: 1, failed: 1 });
    broken = false;
    expect(await job.run({ resume: true })).toMatchObject({ delivered: 1, skipped: 1 });
    expect(query("SELECT id FROM t ORDER BY id").map(({ id }) => id)).toEqual(["0a", "0b", "1a", "1b"]);
  });

  it("is refused where exactly once can't be had", () => {
    expect(() => pipeline([1]).to(async () => {}, { journal: "in-sink" })).toThrow("such as sqliteTable");
    expect(() =>
      pipeline([1])
        .batch()
        .flatMap((batch) => [...batch])
        .to(sqliteTable(file, "t"), { journal: "in-sink" }),
    ).toThrow("put flatMap first");
  });
});
