import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { inFolder, run, useJobFolder, write } from "./job-folder.ts";

describe("overlap run with a concurrency that is to be found out", () => {
  useJobFolder();

  it("finds it out, draws how, and advises no other", async () => {
    await write(
      "ask.ts",
      `import { sleep } from "@overlap/loop";
       import { pipeline, range } from "@overlap/pipeline";
       let freeMs = 0;
       export default pipeline(range(0, 1_000))
         .io("ask", function* (n: number) {
           freeMs = Math.max(freeMs, performance.now()) + 2;
           yield* sleep(freeMs - performance.now() + 20);
           return n;
         }, { concurrency: 1 })
         .to(async () => {});`,
    );
    const { code, stderr } = await run("ask.ts", "--concurrency", "ask=auto", "--report", "out", "--explain");
    expect(code).toBe(0);
    expect(stderr).toContain("1,000 delivered");
    expect(stderr).not.toContain("of 1000 in use");
    expect(stderr).toMatch(/^ *after +stage +limit +why/);
    expect(stderr).toMatch(/ask +[\d,]+ +doubling/);
    const page = await readFile(inFolder("out/ask.html"), "utf8");
    expect(page).toContain("where it begins");
    expect(page).not.toContain("raise concurrency");
  });
});
