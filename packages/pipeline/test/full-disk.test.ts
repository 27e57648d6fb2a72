import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdtemp, rm, stat, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Job, ndjson, ndjsonFile, pipeline, range, sqliteTable } from "../src/index.ts";

/** A disk of 512 KiB needs the rights to mount one. */
const reason = whyNoDisk();
let folder: string;
let disk: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "overlap-elsewhere-"));
  disk = mountDisk();
});

afterEach(async () => {
  unmountDisk(disk);
  await rm(folder, { recursive: true });
});

const rows = pipeline(range(0, 200))
  .map((n) => ({ n, text: String(n).repeat(4_000) }))
  .batch({ items: 10 });
const everyItem = Array.from({ length: 200 }, (_, n) => n);

/** Runs until the disk is full, makes room, and resumes. */
async function fillAndResume(job: Job, message: RegExp): Promise<void> {
  const ballast = join(disk, "ballast");
  await writeFile(ballast, Buffer.alloc(300_000));
  const error = await job.run().catch((thrown: unknown) => thrown);
  expect((error as Error).message).toMatch(message);
  await unlink(ballast);
  execFileSync("mount", ["-o", "remount,size=8m", disk]);
  await job.run({ resume: true });
}

describe.skipIf(reason !== null)(`on a full disk${reason === null ? "" : ` (skipped: ${reason})`}`, () => {
  it("a file sink says so, keeps whole lines only, and the job can be resumed", async () => {
    const out = join(disk, "out.ndjson");
    const job = rows.to(ndjsonFile(out), { journal: join(folder, "job.db"), maxFailures: 1_000 });
    await fillAndResume(job, /cannot write .*out\.ndjson: the disk is full/);
    const found = await Array.fromAsync(ndjson<{ n: number }>(out));
    expect(found.map(({ n }) => n).toSorted((a, b) => a - b)).toEqual(everyItem);
    await expect(stat(`${out}.torn`)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("a table says so, rolls back, and the job can be resumed, exactly once", async () => {
    const out = join(disk, "out.db");
    await fillAndResume(
      rows.to(sqliteTable<{ n: number }>(out, "rows"), { journal: "in-sink", maxFailures: 1_000 }),
      /cannot write .*out\.db: the disk (is full|cannot be read or written)/,
    );
    using db = new DatabaseSync(out);
    const found = db.prepare("SELECT n FROM rows ORDER BY n").all();
    expect(found.map(({ n }) => n)).toEqual(everyItem);
  });

  it("a journal says so, and what it could not note is done again", async () => {
    const out = join(folder, "out.ndjson");
    const journal = join(disk, "job.db");
    const many = Array.from({ length: 4_000 }, (_, n) => `${n} ${"x".repeat(200)}`);
    const job = pipeline(many, { key: (text) => text })
      .batch({ items: 50 })
      .to(ndjsonFile(out), { journal });
    await fillAndResume(
      job,
      /the journal .*job\.db cannot be written: the disk (is full|cannot be read or written)/,
    );
    const found = await Array.fromAsync(ndjson<string>(out));
    expect(new Set(found)).toEqual(new Set(many));
    expect(found.length - many.length).toBeLessThanOrEqual(2 * 50);
  });

  it("a dead-letter file says so", async () => {
    await writeFile(join(disk, "ballast"), Buffer.alloc(500_000));
    const job = pipeline(range(0, 100))
      .map((n) => {
        throw new Error(String(n).repeat(1_000));
      })
      .to(async () => {}, { deadLetter: join(disk, "dead.ndjson") });
    await expect(job.run()).rejects.toMatchObject({
      code: "OVERLAP_PIPELINE_DEAD_LETTER",
      message: expect.stringMatching(/cannot write the dead-letter file .*dead\.ndjson: the disk is full/),
    });
  });
});

function mountDisk(): string {
  const path = mkdtempSync(join(tmpdir(), "overlap-disk-"));
  if (reason === null) execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", path]);
  return path;
}

function unmountDisk(path: string): void {
  if (reason === null) execFileSync("umount", [path]);
  rmSync(path, { recursive: true });
}

function whyNoDisk(): string | null {
  if (process.getuid?.() !== 0) return "only root can mount a small disk";
  const path = mkdtempSync(join(tmpdir(), "overlap-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", path], { stdio: "ignore" });
    execFileSync("umount", [path]);
    return null;
  } catch {
    return "this system does not let root mount one";
  } finally {
    rmSync(path, { recursive: true });
  }
}
