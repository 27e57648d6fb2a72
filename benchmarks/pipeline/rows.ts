import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pipeline, range, sqliteTable } from "@overlap/pipeline";
import type { Contender, Measure } from "../loop/rounds.ts";

const rows = 100_000;
const batch = 1_000;

interface Row {
  readonly id: number;
  readonly name: string;
  readonly size: number;
}

function toRow(id: number): Row {
  return { id, name: `name ${id}`, size: id * 7 };
}

/** What SQLite itself needs: one prepared insert, transactions as durable as the pipeline's. */
async function insertBare(file: string): Promise<void> {
  using db = new DatabaseSync(file);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (id, name, size)");
  const insert = db.prepare("INSERT INTO rows VALUES (?, ?, ?)");
  for (let from = 0; from < rows; from += batch) {
    db.exec("BEGIN IMMEDIATE");
    for (let id = from; id < from + batch; id++) {
      const row = toRow(id);
      insert.run(row.id, row.name, row.size);
    }
    db.exec("COMMIT");
  }
}

function save(file: string, journal: string): () => Promise<unknown> {
  const sink = sqliteTable<Row>(file, "rows");
  return () => pipeline(range(0, rows)).map(toRow).batch({ items: batch }).to(sink, { journal }).run();
}

/** Nanoseconds of wall time for each row, into a new file, with what the disk takes. */
function timedRows(name: string, run: (folder: string) => Promise<unknown>): Contender {
  return {
    name,
    async sample() {
      const folder = mkdtempSync(join(tmpdir(), "overlap-rows-"));
      try {
        const startMs = performance.now();
        await run(folder);
        const wallMs = performance.now() - startMs;
        expectRows(join(folder, "out.db"));
        return (wallMs * 1e6) / rows;
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  };
}

function expectRows(file: string): void {
  using db = new DatabaseSync(file);
  const found = db.prepare("SELECT count(DISTINCT id) AS ids FROM rows").get();
  if (found?.ids !== rows) throw new Error(`${String(found?.ids)} of ${rows} rows were saved`);
}

const bare = "a bare prepared insert";
const inSink = "sqliteTable, journal in the sink";
const inFile = "sqliteTable, journal in a file of its own";

/** Rows into a table, in transactions of a thousand. The target is a rate of at least 0.4: 2.5 times as long at most. */
export const insertions: Measure = {
  title: `${rows} rows into SQLite, ${batch} in a transaction`,
  unit: "ns",
  rounds: 5,
  warmUps: 1,
  contenders: [
    timedRows(bare, (folder) => insertBare(join(folder, "out.db"))),
    timedRows(inSink, (folder) => save(join(folder, "out.db"), "in-sink")()),
    timedRows(inFile, (folder) => save(join(folder, "out.db"), join(folder, "job.db"))()),
  ],
  targets: [inSink, inFile].map((contender) => ({
    contender,
    statistic: "ratio",
    atMost: 2.5,
    baseline: bare,
  })),
};
