import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { spawnDatabase } from "@overlap/lab";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { processEnd } from "../../lab/test/database-client.ts";
import { outcomeOf, overlap, start } from "./cli.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "overlap-cli-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const quick = ["--difficulty", "4", "--delay", "5"];

describe("overlap lab hash", () => {
  it("prints a table, a sentence with a number, and where the page is", async () => {
    const child = start(["lab", "hash", "--items", "20,serial=5", ...quick, "--report", "out", "--quiet"], {
      cwd: folder,
    });
    const { code, stdout, stderr } = await outcomeOf(child);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    for (const name of ["no-io", "serial", "batch", "async", "overlap"]) expect(stdout).toContain(name);
    expect(stdout).toMatch(/is [\d.,]+\s*× as fast as serial/);
    expect(stdout).toContain("out/hash.html");
    expect(await readFile(join(folder, "out", "hash.html"), "utf8")).toContain("<svg");
    expect(await readdir(folder)).toEqual(["out"]);
  });

  it("prints exactly one JSON document with --json", async () => {
    const { code, stdout } = await overlap(
      "lab",
      "hash",
      "--items",
      "8",
      "--strategy",
      "async,overlap",
      ...quick,
      "--json",
    );
    expect(code).toBe(0);
    const { strategies, ...rest } = JSON.parse(stdout) as {
      strategies: { name: string; saved: number; verified: boolean }[];
    };
    expect(rest).toMatchObject({
      experiment: "hash",
      items: 8,
      difficulty: 4,
      delayMs: 5,
      concurrency: 100,
      batchSize: 100,
    });
    expect(strategies.map(({ name, saved, verified }) => ({ name, saved, verified }))).toEqual([
      { name: "async", saved: 8, verified: true },
      { name: "overlap", saved: 8, verified: true },
    ]);
  });

  it("says which folder it cannot write, before it runs anything", async () => {
    const file = join(folder, "a-file");
    await writeFile(file, "");
    const { code, stderr } = await overlap("lab", "hash", "--report", join(file, "report"));
    expect(stderr).toMatch(/^overlap: cannot write to the report folder .*a-file\/report/);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(1);
  });

  it("ends with code 1 and the address when its database is killed, and leaves no process", async () => {
    const child = start([
      "lab",
      "hash",
      "--items",
      "100000",
      "--strategy",
      "async",
      "--difficulty",
      "4",
      "--delay",
      "50",
    ]);
    const outcome = outcomeOf(child);
    const database = await runningDatabase(child);
    process.kill(database, "SIGKILL");
    const { code, stderr } = await outcome;
    expect(stderr).toMatch(/127\.0\.0\.1:\d+/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr.split("\n").filter((line) => line.startsWith("overlap: "))).toHaveLength(1);
    expect(code).toBe(1);
    await processEnd(database);
  });

  it("keeps the rows that were saved before the database was killed", async () => {
    const file = join(folder, "rows.db");
    const first = await spawnDatabase({ delayMs: 1, file });
    const child = start([
      "lab",
      "hash",
      "--items",
      "100000",
      "--strategy",
      "async",
      "--difficulty",
      "4",
      "--address",
      first.address,
    ]);
    const outcome = outcomeOf(child);
    const before = await rowsSaved(first.address, 20);
    process.kill(first.pid, "SIGKILL");
    expect((await outcome).code).toBe(1);
    await using second = await spawnDatabase({ delayMs: 1, file });
    expect(await rowsSaved(second.address, 0)).toBeGreaterThanOrEqual(before);
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "ends at %s with code 130, and its database with it",
    async (signal) => {
      const child = start([
        "lab",
        "hash",
        "--items",
        "100000",
        "--strategy",
        "overlap",
        "--difficulty",
        "10",
      ]);
      const outcome = outcomeOf(child);
      const database = await runningDatabase(child);
      const sentMs = performance.now();
      child.kill(signal);
      const { code, stderr } = await outcome;
      expect(performance.now() - sentMs).toBeLessThan(5_000); // a second, and four for a busy machine
      expect(code).toBe(130);
      expect(stderr).toContain(`interrupted by ${signal}`);
      await processEnd(database);
    },
  );
});

describe("overlap lab crawl", () => {
  it("prints the figures of each strategy as JSON", async () => {
    const { code, stdout } = await overlap(
      "lab",
      "crawl",
      "--items",
      "30,serial=3,threads=5",
      "--delay",
      "5",
      "--concurrency",
      "10",
      "--json",
    );
    expect(code).toBe(0);
    const json = JSON.parse(stdout) as { strategies: object[] };
    expect(json).toMatchObject({ experiment: "crawl", items: 30, delayMs: 5, concurrency: 10, idealMs: 15 });
    expect(json.strategies).toHaveLength(9);
    for (const strategy of json.strategies) {
      for (const figure of [
        "wallMs",
        "bytes",
        "requestsPerSecond",
        "meanInFlight",
        "p50Ms",
        "p99Ms",
        "failed",
      ]) {
        expect(strategy).toHaveProperty(figure);
      }
    }
  });
});

describe("overlap lab crawl --sweep", () => {
  it("prints every level and what it says of the knee as JSON, and writes a page", async () => {
    const { code, stdout, stderr } = await outcomeOf(
      start("lab crawl --sweep 1,2,4,8 --delay 5 --capacity 2 --json --quiet --report out".split(" "), {
        cwd: folder,
      }),
    );
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const json = JSON.parse(stdout) as { levels: { concurrency: number }[]; knee: { answer: object } };
    expect(json.levels.map(({ concurrency }) => concurrency)).toEqual([1, 2, 4, 8]);
    expect(json.knee.answer).toHaveProperty("found");
    expect(await readFile(join(folder, "out", "crawl-sweep.html"), "utf8")).toContain("<svg");
  });

  it.each([
    [["--sweep", "1,x"], "Expected a positive integer"],
    [["--sweep", "--strategy", "waves,futures"], 'for the sweep, got "waves,futures"'],
  ])("refuses %j with exit code 2", async (args, message) => {
    const { code, stderr } = await overlap("lab", "crawl", ...args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe("overlap serve", () => {
  it("prints one JSON line when it is ready, answers, and ends in order with code 0", async () => {
    const child = start(["serve", "--delay", "1"]);
    const outcome = outcomeOf(child);
    const line = await new Promise<string>((resolve) =>
      child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString())),
    );
    const { address } = JSON.parse(line) as { address: string };
    expect((await fetch(`${address}/add?name=x`)).status).toBe(200);
    child.kill("SIGTERM");
    const { code, stdout } = await outcome;
    expect(stdout).toBe(line);
    expect(code).toBe(0);
  });

  it("says that the port is in use, and exits 1", async () => {
    await using database = await spawnDatabase();
    const { code, stderr } = await overlap("serve", "--port", String(database.port));
    expect(stderr).toContain(String(database.port));
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(1);
  });
});

/** Waits until the first strategy runs, and finds the database's process. */
async function runningDatabase(child: ChildProcess): Promise<number> {
  await once(child.stderr as Readable, "data"); // a pipe, as start() asks for
  return Number(
    execFileSync("pgrep", ["-P", String(child.pid), "-f", "database/main"], { encoding: "utf8" }),
  );
}

async function rowsSaved(address: string, atLeast: number): Promise<number> {
  for (;;) {
    const { count } = (await (await fetch(`${address}/count`)).json()) as { count: number };
    if (count >= atLeast) return count;
  }
}
