import { mkdir, utimes } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { inFolder, run, useJobFolder, write } from "./job-folder.ts";

useJobFolder();

const job = `
  import { lines, pipeline } from "@overlap/pipeline";
  export default pipeline(lines("input.txt"))
    .io("fetch", async (line: string) => line, { concurrency: 3 })
    .map((line) => line.length)
    .to(async () => {}, { name: "save", journal: "journal" });
`;

/** Refused in one go: nothing on stdout, code 2, no stack of ours. */
async function refusal(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  expect(stdout).toBe("");
  expect(stderr).not.toMatch(/^ +at .*packages\//m);
  expect(stderr).not.toContain("node:internal");
  expect(code).toBe(2);
  return stderr;
}

describe("overlap run refuses, with code 2 and what to do,", () => {
  it("a file that isn't there, and a folder", async () => {
    expect(await refusal("nothing.ts")).toBe("overlap: there is no file nothing.ts\n");
    expect(await refusal(".")).toBe("overlap: . is a folder; name the job file in it\n");
  });

  it.each([
    [
      "no default export",
      "export const job = 1;",
      "has no default export: write `export default pipeline(…).to(…)`",
    ],
    ["something else", "export default { run: true };", "exports an object (Object) by default, and no job"],
    [
      "a pipeline without a sink",
      'import { pipeline } from "@overlap/pipeline";\nexport default pipeline([1]);',
      "end it with .to(sink)",
    ],
    [
      "a function that makes none",
      "export default () => 3;",
      "exports a function that gives a number, and no job",
    ],
    [
      "a function that fails",
      'export default () => { throw new Error("no key"); };',
      "failed: Error: no key\n    at default (job.ts:1:",
    ],
    [
      "an error while it is loaded",
      'import "node:fs";\nthrow new RangeError("no config");',
      "can't be loaded: RangeError: no config\n    at job.ts:2:7",
    ],
    ["a syntax error", "const a = ;", "job.ts:1\nconst a = ;\n          ^"],
    ["an enum", "enum Color { red }\nexport default Color;", "write an object `as const`"],
    [
      "a decorator",
      "const d = () => {};\nclass A { @d f() {} }\nexport default A;",
      "Decorators don't run from TypeScript source",
    ],
    [
      "a package that isn't installed",
      'import x from "no-such-package";\nexport default x;',
      "npm install no-such-package",
    ],
    [
      "a type that is imported as a value",
      'import { PathLike } from "node:fs";\nexport default {} as PathLike;',
      "import it with `import type`",
    ],
    ["an import without its ending", 'import x from "./job";\nexport default x;', "Write the ending too"],
    [
      "an option out of range",
      'import { pipeline } from "@overlap/pipeline";\nexport default pipeline([1]).batch({ items: 0 }).to(() => {});',
      "expected a positive integer for items, got 0\n    at job.ts:2:",
    ],
  ])("%s", async (_what, text, expected) => {
    await write("job.ts", text);
    expect(await refusal("job.ts")).toContain(expected);
  });

  it("TypeScript under node_modules", async () => {
    await mkdir(inFolder("node_modules"));
    await write("node_modules/job.ts", "export default 1 as number;");
    expect(await refusal("node_modules/job.ts")).toContain(
      "Node runs no TypeScript under node_modules: move the file out of it",
    );
  });

  it("import in a package that counts as CommonJS", async () => {
    await write("package.json", '{ "type": "commonjs" }');
    await write("job.ts", job);
    expect(await refusal("job.ts")).toContain('put "type": "module" into package.json, or call it .mts');
  });

  it("a stage that doesn't exist, and lists those that do", async () => {
    await write("job.ts", job);
    expect(await refusal("job.ts", "--concurrency", "fetsh=5")).toBe(
      'overlap: --concurrency: the job has no stage "fetsh"; stages with a concurrency are fetch (3), save (1)\n',
    );
    expect(await refusal("job.ts", "--concurrency", "map=5")).toContain(
      '"map" (map) does one item after the other',
    );
  });

  it("threads where nothing computes", async () => {
    await write("job.ts", job);
    expect(await refusal("job.ts", "--threads", "2")).toContain("no stage that computes on threads");
  });

  it.each([
    [["--concurrency", "5"], "Expected STAGE=NUMBER, such as fetch=50."],
    [["--concurrency", "fetch=0"], 'Expected a positive integer or "auto".'],
    [["--max-items", "none"], "Expected a positive integer."],
    [["--fast"], "unknown option '--fast'"],
    [[], "missing required argument 'job'"],
  ])("the flags %j", async (flags, expected) => {
    expect(await refusal(...(flags.length === 0 ? [] : ["job.ts"]), ...flags)).toContain(expected);
  });

  it("to resume without a journal, and to try dead letters of a job that keeps none", async () => {
    await write(
      "job.ts",
      'import { pipeline } from "@overlap/pipeline";\nexport default pipeline([1]).to(() => {});',
    );
    expect(await refusal("job.ts", "--resume")).toContain(
      "--resume: the job keeps no journal; give .to() a journal, or add --journal FILE",
    );
    expect(await refusal("job.ts", "--retry-dead")).toContain(
      "--retry-dead: the job has no dead-letter file; give .to() a deadLetter",
    );
  });

  it("a journal that an earlier run has left, and prints the command that resumes", async () => {
    await write("input.txt", "a\nb\n");
    await write("job.ts", job);
    expect((await run("job.ts")).code).toBe(0);
    const stderr = await refusal("job.ts");
    expect(stderr).toContain("the journal says that 2 items are done already");
    expect(stderr).toMatch(/\nGo on with:\n .* run job.ts --resume\n$/);
  });

  it("to resume when the source has changed, and says how", async () => {
    await write("input.txt", "a\nb\n");
    await write("job.ts", job);
    expect((await run("job.ts")).code).toBe(0);
    await utimes(inFolder("input.txt"), 1, 1);
    expect(await refusal("job.ts", "--resume")).toMatch(
      /cannot resume: the source has changed: its modified was .*, and is 1970/,
    );
  });

  it("to resume when the stages have changed, and names them", async () => {
    await write("input.txt", "a\nb\n");
    await write("job.ts", job);
    expect((await run("job.ts")).code).toBe(0);
    await write("job.ts", job.replace('"fetch"', '"load"'));
    expect(await refusal("job.ts", "--resume")).toContain(
      "cannot resume: the stages were io fetch, map map, sink save, and are now io load, map map, sink save",
    );
  });

  it("another journal than the sink's own", async () => {
    await write(
      "job.ts",
      'import { pipeline, range, sqliteTable } from "@overlap/pipeline";\nexport default pipeline(range(0, 2)).to(sqliteTable("out.db", "rows"), { journal: "in-sink" });',
    );
    expect(await refusal("job.ts", "--journal", "other")).toContain("a job that keeps it in its sink");
  });
});
