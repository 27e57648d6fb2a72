import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runningIn } from "./process-group.ts";
import { type RunOptions, runProgram } from "./run-program.ts";

/** Runs some code as a program. */
async function run(code: string, options: Partial<RunOptions> = {}) {
  await using folder = await mkdtempDisposable(join(tmpdir(), "overlap-program-"));
  const path = join(folder.path, "program.mts");
  await writeFile(path, code);
  return await runProgram(path, { cwd: folder.path, ...options });
}

test("gives the output of a program that ends well", async () => {
  expect(await run(`const text: string = "done"; console.log(text);`)).toEqual({
    stdout: "done\n",
    problems: [],
  });
});

test("names the exit code of a program that fails, with what it said", async () => {
  const { problems } = await run(`console.error("no such host"); process.exit(3);`);
  expect(problems).toEqual(["it ended with 3: no such host\n"]);
});

test("names an error that nobody caught", async () => {
  const { problems } = await run(`await Promise.reject(new Error("boom"));`);
  expect(problems).toEqual([expect.stringContaining("boom")]);
});

test("ends a program that doesn't end", async () => {
  const { problems } = await run(`setInterval(() => {}, 1_000);`, { timeoutMs: 200 });
  expect(problems).toEqual(["it was still running after 200 ms"]);
});

test("names and ends the processes that a program leaves behind", async () => {
  const { stdout, problems } = await run(`
    import { spawn } from "node:child_process";
    const child = spawn("sleep", ["60"], { stdio: "ignore" });
    child.unref();
    console.log(process.pid);
  `);
  expect(problems).toEqual(["it left 1 of its processes running"]);
  await expect.poll(() => runningIn(Number(stdout))).toEqual([]);
});
