import { spawnSync } from "node:child_process";
import { type DisposableTempDir, mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readDocuments, root } from "../repository/workspace.ts";
import { comparable, type ReadmeProgram, readmeProgramsOf } from "./readme-programs.ts";
import { runProgram } from "./run-program.ts";

const programs = readDocuments(["README.md", "packages/*/README.md"]).flatMap(readmeProgramsOf);

for (const program of programs.filter(({ runs }) => runs)) {
  test.concurrent(`the program in ${program.path}:${program.line} runs and prints what is said there`, async () => {
    expect(await problemsOf(program)).toEqual([]);
  });
}

test("the programs in the documents have no type errors", async () => {
  const files = programs.filter(standsAlone);
  expect(files.length === 0 ? "" : await typeErrors(files)).toBe("");
});

test("names a type error in a program", async () => {
  expect(
    await typeErrors([programIn("import process from 'node:process';\nconst a: string = process.pid;")]),
  ).toContain("README.md-3.ts(2,7): error TS2322");
});

test("takes a block for a program when its code starts with an import", () => {
  const program = "```ts\n// first\nimport 'a';\n```\n\n```text output\ndone\n```\n";
  const others = "```ts\nrun();\n```\n```ts no-run\nimport 'b';\n```\n```sh\nimport 'c'\n```\n";
  const text = program + others;
  expect(readmeProgramsOf({ path: "README.md", text })).toEqual([
    { path: "README.md", line: 2, text: "// first\nimport 'a';", runs: true, output: "done" },
    { path: "README.md", line: 13, text: "import 'b';", runs: false, output: undefined },
  ]);
});

test("refuses a program that prints something else, but for the numbers", async () => {
  const code =
    "import process from 'node:process';\nconsole.log(`took  ${process.uptime()} ms`, 'of', 1_000);";
  expect(await problemsOf(programIn(code, "took 12.5 ms of 9"))).toEqual([]);
  expect(await problemsOf(programIn(code, "took 12.5 s of 9"))).toEqual([
    "it printed 'took # ms of #', the document says 'took # s of #'",
  ]);
});

test("refuses a program that fails", async () => {
  expect(await problemsOf(programIn("import process from 'node:process';\nprocess.exit(4);"))).toEqual([
    "it ended with 4: ",
  ]);
});

function programIn(code: string, output?: string): ReadmeProgram {
  const text = `\n\`\`\`ts\n${code}\n\`\`\`\n${output === undefined ? "" : `\`\`\`text output\n${output}\n\`\`\`\n`}`;
  const [program] = readmeProgramsOf({ path: "README.md", text });
  if (!program) throw new Error(`not a program: ${code}`);
  return program;
}

async function problemsOf(program: ReadmeProgram): Promise<readonly string[]> {
  await using folder = await createFolder();
  const path = join(folder.path, "program.mjs");
  // Node strips no types under node_modules, and only from there do the packages' names resolve.
  await writeFile(path, stripTypeScriptTypes(program.text));
  const { stdout, problems } = await runProgram(path, { cwd: folder.path });
  const printed = comparable(stdout).join("\n");
  const said = program.output === undefined ? printed : comparable(program.output).join("\n");
  return printed === said ? problems : [...problems, `it printed '${printed}', the document says '${said}'`];
}

/** What needs no file beside it can be checked, also where it doesn't run. */
function standsAlone({ text }: ReadmeProgram): boolean {
  return !/["']\.\.?\//.test(text);
}

async function typeErrors(files: readonly ReadmeProgram[]): Promise<string> {
  await using folder = await createFolder();
  const names = files.map(({ path, line }) => `${path.replaceAll("/", "-")}-${line}.ts`);
  await Promise.all(files.map(({ text }, index) => writeFile(join(folder.path, names[index] ?? ""), text)));
  const compilerOptions = { noEmit: true, noUnusedLocals: false, noUnusedParameters: false };
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions, files: names };
  await writeFile(join(folder.path, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return spawnSync(process.execPath, [tsc, "--project", folder.path], { cwd: folder.path, encoding: "utf8" })
    .stdout;
}

async function createFolder(): Promise<DisposableTempDir> {
  const cache = join(root, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  return mkdtempDisposable(join(cache, "readme-"));
}
