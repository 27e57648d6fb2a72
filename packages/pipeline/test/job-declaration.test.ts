import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  csv,
  lines,
  ndjson,
  ndjsonFile,
  type PipelineOptions,
  type PipelineSource,
  pipeline,
  range,
  sqliteTable,
} from "../src/index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "overlap-job-"));
});
afterAll(() => rm(folder, { recursive: true }));

function jobOf<T>(source: PipelineSource<T>, options?: PipelineOptions<T>) {
  return pipeline(source, options).to(async () => {});
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe("a job, before it runs,", () => {
  it("says which stages it has, and how much each does at once", () => {
    const work = { url: "file:///work.ts", exportName: "work" };
    const job = pipeline(["a"])
      .io("fetch", async (name) => name, { concurrency: 7 })
      .io("look up", async (name) => name)
      .cpu("hash", work, { threads: 3 })
      .batch()
      .to(ndjsonFile("out.ndjson"));
    expect(job.stages).toEqual([
      { name: "fetch", kind: "io", limit: 7 },
      { name: "look up", kind: "io", limit: 100 },
      { name: "hash", kind: "cpu", limit: 3 },
      { name: "batch", kind: "batch", limit: null },
      { name: "ndjsonFile", kind: "sink", limit: 2 },
    ]);
  });

  it("says where it keeps account", () => {
    expect(jobOf([1])).toMatchObject({ journal: null, deadLetter: null });
    const job = pipeline([1]).to(sqliteTable("out.db", "t"), {
      journal: "in-sink",
      deadLetter: "dead.ndjson",
    });
    expect(job).toMatchObject({ journal: "in-sink", deadLetter: "dead.ndjson" });
  });

  it.each<[string, PipelineSource<unknown>, boolean]>([
    ["a file", lines("a.txt"), true],
    ["a range", range(0, 3), true],
    ["a function, which may give either", () => [1], true],
    ["a stream", lines(Readable.from(["a"])), false],
    ["an array", ["a"], false],
    ["a generator", [1].values(), false],
  ])("knows whether another run can go on: %s without keys", (_what, source, expected) => {
    expect(jobOf(source).resumable).toBe(expected);
    expect(jobOf(source, { key: String }).resumable).toBe(true);
  });
});

describe("how many items a job expects", () => {
  it.each<[string, PipelineSource<unknown>, number | null]>([
    ["an array", ["a", "b"], 2],
    ["a set", new Set([1, 2, 3]), 3],
    ["a range", range(0, 10, 3), 4],
    ["a range downwards", range(10, 0, -5), 2],
    ["an empty range", range(5, 0), 0],
    ["an endless range", range(0, Number.POSITIVE_INFINITY), null],
    ["a generator", [1].values(), null],
    ["a function", () => [1], null],
    ["a stream", lines(Readable.from(["a"])), null],
    ["a file that isn't there", lines("no such file"), null],
  ])("is told of %s", async (_what, source, expected) => {
    expect(await jobOf(source).expectedItems()).toBe(expected);
  });

  it("is the number of lines of a small file, with and without an end of the last one", async () => {
    const ended = await file("ended.txt", "a\nb\n");
    const open = await file("open.txt", "a\nb\nc");
    const empty = await file("empty.txt", "");
    const counts = await Promise.all([ended, open, empty].map((path) => jobOf(lines(path)).expectedItems()));
    expect(counts).toEqual([2, 3, 0]);
    expect(await jobOf(ndjson(open)).expectedItems()).toBe(3);
  });

  it("leaves out the line with the names of a CSV file's columns", async () => {
    const path = await file("people.csv", "name\nada\ngrace\n");
    expect(await jobOf(csv(path)).expectedItems()).toBe(2);
    expect(await jobOf(csv(path, { columns: ["name"] })).expectedItems()).toBe(3);
  });

  it("is a guess from the beginning of a large one", async () => {
    const path = await file("large.txt", "a line of twenty-four b\n".repeat(10_000));
    const expected = await jobOf(lines(path)).expectedItems();
    expect(expected).toBeGreaterThan(9_900);
    expect(expected).toBeLessThan(10_100);
  });

  it("is not to be told where the beginning of a large file has no end of a line", async () => {
    const path = await file("one-line.txt", "x".repeat(100_000));
    expect(await jobOf(lines(path)).expectedItems()).toBeNull();
  });
});

describe("the progress of a run", () => {
  it("is told once more when the run has failed", async () => {
    const seen: number[] = [];
    const job = pipeline(range(0, 10)).to(async (n) => {
      if (n === 4) throw new Error("no");
    });
    const run = job.run({ onProgress: ({ delivered }) => seen.push(delivered), progressEveryMs: 1_000_000 });
    await expect(run).rejects.toThrow('stage "sink" failed: no');
    expect(seen).toEqual([4]);
  });
});
