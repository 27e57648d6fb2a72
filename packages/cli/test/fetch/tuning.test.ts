import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { overlap } from "../cli.ts";
import { tempFolder, writeLines } from "./folder.ts";
import { serve } from "./web.ts";

/** A server that takes one after the other, 500 in a second, and that much work in a file. */
async function startWork() {
  let freeMs = 0;
  const web = await serve((_, response) => {
    freeMs = Math.max(freeMs, performance.now()) + 2;
    setTimeout(() => response.end("page"), freeMs - performance.now() + 10);
  });
  const folder = await tempFolder();
  const urls = Array.from({ length: 1_500 }, (_, i) => `${web.url}/${i}`);
  return { folder, file: await writeLines(folder, urls) };
}

describe("overlap fetch with no number in flight given", () => {
  it("finds one out, and says how when it is asked to", async () => {
    const { folder, file } = await startWork();
    const report = join(folder, "report");
    const { code, stderr } = await overlap("fetch", file, "--json", "--explain", "--report", report);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^ +after +limit +why$/m);
    expect(stderr).toMatch(/^ +\d+(\.\d+)? m?s +\d+ +\S.* \(\d+\/s\)$/m);
    const page = await readFile(join(report, "fetch.html"), "utf8");
    expect(page).toContain("in flight found to be best");
    expect(page).toContain("where it begins");
    expect(page).not.toContain("raise concurrency");
  });

  it("says in the summary what it came to", async () => {
    const { file } = await startWork();
    const { stderr } = await overlap("fetch", file);
    expect(stderr).toMatch(/\d+ in flight found to be best; settled after [\d.]+ m?s: \S/);
  });

  it("has nothing to explain where a number is given", async () => {
    const web = await serve((_, response) => response.end("page"));
    const { stderr } = await overlap("fetch", web.url, "--concurrency", "5", "--explain");
    expect(stderr).toContain("Nothing was decided about the number in flight");
    expect(stderr).not.toContain("found to be best");
  });
});
