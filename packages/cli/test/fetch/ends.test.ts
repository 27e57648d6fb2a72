import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { readdir, stat, symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { outcomeOf, overlap, start } from "../cli.ts";
import { parseLines, readLines, tempFolder, writeLines } from "./folder.ts";
import { serve } from "./web.ts";

/** Something that does not end by itself while a test runs. */
const countless = 100_000;

function numbered(url: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${url}/${i}`);
}

describe("the end of overlap fetch", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "at %s sends nothing more, finishes what is in flight, writes it, and exits 130",
    async (signal) => {
      const answers: (() => void)[] = [];
      const web = await serve((_, response) => answers.push(() => response.end()));
      const folder = await tempFolder();
      const file = await writeLines(folder, numbered(web.url, countless));
      const out = join(folder, "out.ndjson");
      const child = start(["fetch", file, "--concurrency", "20", "--out", out]);
      const outcome = outcomeOf(child);
      await web.arrived(20);
      child.kill(signal);
      await once(child.stderr as Readable, "data"); // a pipe, as start() asks for
      for (const answer of answers) answer();
      const { code, stderr } = await outcome;
      expect(code).toBe(130);
      expect(stderr).toContain(`interrupted by ${signal}`);
      expect(stderr).toContain("20 URLs in");
      expect(stderr).toContain("--journal FILE");
      expect(web.seen).toHaveLength(20);
      expect(await readLines(out)).toHaveLength(20);
    },
  );

  it("cancels after some seconds what does not end, and keeps the lines that there are", async () => {
    const web = await serve((request, response) => request.url === "/0" && response.end());
    const folder = await tempFolder();
    const dir = join(folder, "pages");
    const child = start([
      "fetch",
      await writeLines(folder, numbered(web.url, 50)),
      "--save",
      dir,
      "--quiet",
      "--concurrency",
      "50",
    ]);
    const outcome = outcomeOf(child);
    await web.arrived(50);
    const sentMs = performance.now();
    child.kill("SIGINT");
    const { code, stdout } = await outcome;
    expect(performance.now() - sentMs).toBeLessThan(5_500); // five seconds, and half a one for a busy machine
    expect(code).toBe(130);
    expect(parseLines(stdout)).toHaveLength(1);
    expect(await readdir(dir)).toHaveLength(2);
  });

  it("ends at once at a second SIGINT", async () => {
    const web = await serve(() => {});
    const child = start(["fetch", web.url]);
    const outcome = outcomeOf(child);
    await web.arrived(1);
    child.kill("SIGINT");
    await once(child.stderr as Readable, "data");
    const sentMs = performance.now();
    child.kill("SIGINT");
    expect((await outcome).code).toBe(130);
    expect(performance.now() - sentMs).toBeLessThan(1_000);
  });

  it("ends at SIGINT although stdin stays open", async () => {
    const web = await serve((_, response) => response.end());
    const child = start(["fetch", "-"], { stdin: "pipe" });
    const outcome = outcomeOf(child);
    (child.stdin as Writable).write(`${web.url}\n`);
    await once(child.stdout as Readable, "data");
    child.kill("SIGINT");
    const { code, stdout } = await outcome;
    expect(code).toBe(130);
    expect(parseLines(stdout)).toHaveLength(1);
  });

  it("is quiet, with exit code 0, when nobody reads its lines any more", async () => {
    const web = await serve((_, response) => response.end());
    const file = await writeLines(await tempFolder(), numbered(web.url, countless));
    const child = start(["fetch", file, "--quiet"]);
    const exited = once(child, "exit");
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    await once(child.stdout as Readable, "data");
    child.stdout?.destroy();
    expect(await exited).toEqual([0, null]);
    expect(stderr).toBe("");
    expect(web.seen.length).toBeLessThan(countless);
  });

  it("fetches no faster than its lines are read, also from an input without end", async () => {
    const web = await serve((_, response) => response.end("x".repeat(10_000)));
    const child = start(["fetch", "--body", "--quiet", "--concurrency", "100"], { stdin: "pipe" });
    const exited = once(child, "exit");
    const input = child.stdin as Writable;
    input.on("error", () => {}); // the reader goes before the end
    const feed = () => {
      while (input.write(`${web.url}/\n`.repeat(100)));
    };
    input.on("drain", feed);
    feed();
    await web.arrived(100);
    const stalledAt = await untilStill(() => web.seen.length);
    expect(stalledAt).toBeLessThan(600); // 100 in flight, 300 that wait to be written, and what pipes hold
    child.stdout?.resume();
    await web.arrived(stalledAt + 2_000);
    child.kill("SIGKILL");
    await exited;
  });

  it("gives every URL its line when the server dies in the middle", async () => {
    const web = await serve((_, response) => response.end());
    const file = await writeLines(await tempFolder(), numbered(web.url, 2_000));
    const child = start(["fetch", file, "--retries", "1", "--concurrency", "20"]);
    const outcome = outcomeOf(child);
    await web.arrived(500);
    web.kill();
    const { code, stdout, stderr } = await outcome;
    const rows = parseLines<{ url: string; ok: boolean }>(stdout);
    expect(new Set(rows.map(({ url }) => url)).size).toBe(2_000);
    expect(rows.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(480);
    expect(stderr).toMatch(/\d CONNECT/);
    expect(code).toBe(1);
  });

  it("says what cannot be written, and exits 1", async () => {
    const web = await serve((_, response) => response.end());
    const { code, stderr } = await overlap("fetch", web.url, "--out", "/no/such/folder/out.ndjson");
    expect(stderr).toBe("overlap: cannot open /no/such/folder/out.ndjson: there is no such file\n");
    expect(web.seen).toEqual([]);
    expect(code).toBe(1);
  });

  it.runIf(existsSync("/dev/full"))("says that the disk is full, for --out and for stdout", async () => {
    const web = await serve((_, response) => response.end("body"));
    const folder = await tempFolder();
    const full = openSync("/dev/full", "w");
    const child = start(["fetch", web.url], { stdout: full });
    closeSync(full);
    const toStdout = await outcomeOf(child);
    expect(toStdout.stderr).toMatch(/^overlap: cannot write to stdout: .*no space left/);
    expect(toStdout.code).toBe(1);
    await symlink("/dev/full", join(folder, "out.ndjson"));
    const toFile = await overlap("fetch", web.url, "--out", join(folder, "out.ndjson"));
    expect(toFile.stderr).toMatch(/^overlap: cannot write .*out\.ndjson: the disk is full\n$/);
    expect(toFile.code).toBe(1);
  });

  it("mends the torn end of a file that it goes on with", async () => {
    const web = await serve((_, response) => response.end());
    const out = join(await tempFolder(), "out.ndjson");
    await overlap("fetch", ...numbered(web.url, 3), "--out", out);
    const { size } = await stat(out);
    await truncate(out, size - 10);
    await overlap("fetch", `${web.url}/again`, "--out", out);
    expect(await readLines(out)).toHaveLength(3);
    expect((await stat(`${out}.torn`)).size).toBeGreaterThan(20);
  });

  it("needs no more memory for a file of 100 MB than for a few lines", async () => {
    const folder = await tempFolder();
    const file = await writeLines(folder, Array(20_000).fill(`bad:${"x".repeat(5_000)}`));
    const child = start(["fetch", file, "--json"], { nodeFlags: ["--max-old-space-size=64"] });
    const { code, stdout } = await outcomeOf(child);
    expect(JSON.parse(stdout)).toMatchObject({ items: 20_000, failed: 20_000 });
    expect(code).toBe(1);
  });
});

/** The value when it has not changed for half a second. */
async function untilStill(value: () => number): Promise<number> {
  for (;;) {
    const before = value();
    await delay(500);
    if (value() === before) return before;
  }
}
