import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { inFolder, linesOf, run, useJobFolder, write } from "./job-folder.ts";

useJobFolder();

const squares = `
  import { ndjsonFile, pipeline, range } from "@overlap/pipeline";
  export default pipeline(range(0, 300))
    .io("square", async (n: number) => ({ n, square: n ** 2 }), { concurrency: 20 })
    .batch({ items: 50 })
    .to(ndjsonFile("out.ndjson"));
`;

describe("overlap run", () => {
  it("runs the job that a TypeScript file exports, and says what it has done", async () => {
    await write("squares.ts", squares);
    const { code, stdout, stderr } = await run("squares.ts");
    expect(stderr).toMatch(/^stage +kind +in +out +failed/);
    expect(stderr).toMatch(/\nsquare +io +300 +300 +0 /);
    expect(stderr).toContain("\n300 delivered in ");
    expect(stdout).toBe("");
    expect(code).toBe(0);
    expect(await linesOf("out.ndjson")).toHaveLength(300);
  });

  it("leaves stdout to the job", async () => {
    await write(
      "print.ts",
      `import { pipeline } from "@overlap/pipeline";
       export default pipeline(["a", "b"]).to(async (name: string) => console.log(name));`,
    );
    const { code, stdout, stderr } = await run("print.ts", "--quiet");
    expect(stderr).toBe("");
    expect(stdout).toBe("a\nb\n");
    expect(code).toBe(0);
  });

  it("prints exactly one JSON document with --json, and the job's own words on stderr", async () => {
    await write(
      "print.ts",
      `import { pipeline } from "@overlap/pipeline";
       console.log("loaded");
       export default pipeline(["a", "b"]).io("say", async (name: string) => console.log(name)).to(() => {});`,
    );
    const { code, stdout, stderr } = await run("print.ts", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      job: "print.ts",
      ended: "source",
      items: 2,
      delivered: 2,
      stages: [
        { name: "say", kind: "io", in: 2, out: 2 },
        { name: "sink", out: 2 },
      ],
      next: [],
    });
    expect(stderr).toBe("loaded\na\nb\n");
    expect(code).toBe(0);
  });

  it("takes a function that makes the job, and closes what it was given to close", async () => {
    await write(
      "made.ts",
      `import { pipeline } from "@overlap/pipeline";
       export default async (resources: AsyncDisposableStack) => {
         resources.defer(async () => console.log("closed"));
         return pipeline([1]).to(() => console.log("saved"));
       };`,
    );
    const { code, stdout } = await run("made.ts", "--quiet");
    expect(stdout).toBe("saved\nclosed\n");
    expect(code).toBe(0);
  });

  it("runs other numbers of calls and threads than the job was declared with", async () => {
    await write("work.ts", "export function work(n: number): number { return n; }");
    await write(
      "many.ts",
      `import { pipeline, range, threadFunction } from "@overlap/pipeline";
       let now = 0;
       let most = 0;
       export default pipeline(range(0, 60))
         .io("wait", async (n: number) => {
           most = Math.max(most, ++now);
           await new Promise((resolve) => setTimeout(resolve, 5));
           now--;
           return n;
         }, { concurrency: 2 })
         .cpu("work", threadFunction<typeof import("./work.ts")>(new URL("./work.ts", import.meta.url), "work"), { threads: 2 })
         .to((n) => { if (n === 59) console.log(most); });`,
    );
    const { code, stdout } = await run("many.ts", "--quiet", "--concurrency", "wait=7", "--threads", "1");
    expect(stdout).toBe("7\n");
    expect(code).toBe(0);
  });

  it("writes a page with the timeline of the stages with --report", async () => {
    await write("squares.ts", squares);
    const { code, stderr } = await run("squares.ts", "--report", "out");
    expect(stderr).toContain("The timeline is in out/squares.html");
    const page = await readFile(inFolder("out/squares.html"), "utf8");
    expect(page).toContain('<h2 id="strategies">Stages</h2>');
    expect(page).toMatch(/<svg[^>]*aria-label="Timeline of squares.ts: \d+ spans/);
    expect(code).toBe(0);
  });

  it("ends with code 1 and the place in the job's own code when an item fails, and still says what was done", async () => {
    await write(
      "broken.ts",
      `import { pipeline, range } from "@overlap/pipeline";
       function check(n: number): number {
         if (n === 7) throw new TypeError("seven is not wanted");
         return n;
       }
       export default pipeline(range(0, 100)).io("check", async (n: number) => check(n), { concurrency: 1 }).to(() => {});`,
    );
    const { code, stderr } = await run("broken.ts");
    expect(stderr).toContain(
      'overlap: stage "check" failed for 7: seven is not wanted\n    at check (broken.ts:3:',
    );
    expect(stderr).not.toContain("node_modules");
    expect(stderr).not.toContain("packages/");
    expect(stderr).toMatch(/^check +io +8 /m);
    expect(code).toBe(1);
  });

  it("says the same as JSON", async () => {
    await write(
      "broken.ts",
      `import { pipeline } from "@overlap/pipeline";
       export default pipeline([1]).io("check", async () => { throw new TypeError("no"); }).to(() => {});`,
    );
    const { code, stdout } = await run("broken.ts", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      ended: "error",
      error: { name: "StageError", code: "OVERLAP_PIPELINE_STAGE", stage: "check" },
    });
    expect(code).toBe(1);
  });

  it("sets failed items aside, and tries them again with the command that it prints", async () => {
    await write(
      "dead.ts",
      `import { existsSync } from "node:fs";
       import { ndjsonFile, pipeline, range } from "@overlap/pipeline";
       export default pipeline(range(0, 10))
         .io("check", async (n: number) => {
           if (n % 5 === 0 && !existsSync("mended")) throw new Error("not yet");
           return n;
         })
         .to(ndjsonFile("out.ndjson"), { journal: "journal", deadLetter: "dead.ndjson" });`,
    );
    const first = await run("dead.ts");
    expect(first.stderr).toContain("8 delivered, 2 set aside");
    expect(first.stderr).toMatch(
      /2 items were set aside in dead.ndjson. Try again with:\n.* run dead.ts --retry-dead\n/,
    );
    expect(first.code).toBe(0);
    await write("mended", "");
    const again = await run("dead.ts", "--retry-dead");
    expect(again.stderr).toContain("2 delivered in");
    expect(again.code).toBe(0);
    expect((await linesOf("out.ndjson")).toSorted()).toEqual([
      "0",
      "1",
      "2",
      "3",
      "4",
      "5",
      "6",
      "7",
      "8",
      "9",
    ]);
  });

  it("ends although the job has left something open, and says what", async () => {
    await write(
      "open.ts",
      `import { createServer } from "node:net";
       import { pipeline } from "@overlap/pipeline";
       createServer().listen(0);
       export default pipeline([1]).to(() => {});`,
    );
    const { code, stderr } = await run("open.ts", "--quiet");
    expect(stderr).toContain("the job has left TCPServerWrap open");
    expect(code).toBe(0);
  });
});
