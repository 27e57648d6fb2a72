import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { outcomeOf, overlap, start } from "../cli.ts";
import { readLines, tempFolder, writeLines } from "./folder.ts";
import { serve } from "./web.ts";

const count = 3_000;
const concurrency = 20;
/** Rows of a batch that was written, and not yet noted, when the process was killed; and those in flight then. */
const mostTwice = 2 * (1_000 + concurrency + 100);

describe("overlap fetch --journal", () => {
  it("goes on after SIGKILL: every URL has its line, and what was done is not fetched again", async () => {
    const web = await serve((_, response) => setTimeout(() => response.end("body"), 2));
    const folder = await tempFolder();
    const urls = Array.from({ length: count }, (_, i) => `${web.url}/${i}`);
    const file = await writeLines(folder, ["# a comment", "", ...urls]);
    const out = join(folder, "out.ndjson");
    const args = [
      "fetch",
      file,
      "--out",
      out,
      "--save",
      join(folder, "pages"),
      "--concurrency",
      `${concurrency}`,
    ];
    const journaled = [...args, "--journal", join(folder, "done.db"), "--quiet"];
    for (const [kill, reach] of [400, 900, 1_600].entries()) {
      const child = start(kill === 0 ? journaled : [...journaled, "--resume"]);
      const outcome = outcomeOf(child);
      await web.arrived(reach);
      await delay(Math.random() * 50); // anywhere between two commits
      child.kill("SIGKILL");
      await outcome;
    }
    const last = await overlap(...journaled, "--resume", "--json");
    const { items, ok } = JSON.parse(last.stdout) as { items: number; ok: number };
    expect(last.code).toBe(0);
    expect(ok).toBe(items);
    expect(items).toBeLessThan(count - 500);
    const rows = await readLines<{ url: string; file: string }>(out);
    expect(new Set(rows.map(({ url }) => url))).toEqual(new Set(urls));
    expect(new Set(rows.map(({ file: name }) => name)).size).toBe(count);
    expect(web.seen.length).toBeLessThan(count + mostTwice);
  });

  it("refuses a journal that has something done, unless it is told to resume", async () => {
    const web = await serve((_, response) => response.end());
    const folder = await tempFolder();
    const file = await writeLines(folder, [web.url]);
    const args = ["fetch", file, "--journal", join(folder, "done.db")];
    expect((await overlap(...args)).code).toBe(0);
    const again = await overlap(...args);
    expect(again.stderr).toMatch(/^overlap: the journal says that 1 items are done already: .*resume/);
    expect(again.code).toBe(2);
    const resumed = await overlap(...args, "--resume");
    expect(resumed.stderr).toContain("1 done before");
    expect(resumed.code).toBe(0);
    expect(web.seen).toHaveLength(1);
  });

  it("refuses to resume with another file of URLs", async () => {
    const web = await serve((_, response) => response.end());
    const folder = await tempFolder();
    const args = ["fetch", await writeLines(folder, [web.url]), "--journal", join(folder, "done.db")];
    await overlap(...args);
    await writeLines(folder, [`${web.url}/other`]);
    const { code, stderr } = await overlap(...args, "--resume");
    expect(stderr).toMatch(/^overlap: cannot resume: /);
    expect(code).toBe(2);
  });

  it("says how to go on when it is interrupted", async () => {
    const web = await serve((request, response) => request.url === "/0" && response.end());
    const folder = await tempFolder();
    const file = await writeLines(folder, [`${web.url}/0`, `${web.url}/1`]);
    const args = ["fetch", file, "--timeout", "1000", "--retries", "0", "--journal", join(folder, "done.db")];
    const child = start(args);
    const outcome = outcomeOf(child);
    await web.arrived(2);
    child.kill("SIGINT");
    const { code, stderr } = await outcome;
    expect(stderr).toContain("To go on, run the same command with --resume.");
    expect(code).toBe(130);
    expect((await overlap(...args, "--resume", "--json")).code).toBe(0);
    expect(web.seen.filter((path) => path === "/0")).toHaveLength(1);
  });
});
