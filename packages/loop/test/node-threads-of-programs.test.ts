import { mkdir, mkdtempDisposable, readdir, readFile, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { runProgram } from "./program.ts";

it("lets a thread print while the caller waits, however much and in the right order", async () => {
  const { status, stdout, stderr } = await runProgram("blocking-output.ts");
  const line = "x".repeat(500_000);
  expect(stdout === `before\n${line}\nfrom the thread\nafter\n`).toBe(true);
  expect(stderr === `${line}\n`).toBe(true);
  expect(status).toBe(0);
});

it("lets a process end while threads are idle, or work for nobody", async () => {
  expect(await runProgram("idle-threads.ts")).toEqual({ status: 0, stdout: "3\n7\ndone\n", stderr: "" });
});

it("keeps a process alive until its calls are done", async () => {
  expect(await runProgram("pending-calls.ts")).toEqual({ status: 0, stdout: "11\n", stderr: "" });
});

it("fails each call with Node's own reason when no thread may be started", async () => {
  const ended = await runProgram("thread-denied.ts", { flags: ["--permission", "--allow-fs-read=*"] });
  expect(ended).toEqual({
    status: 0,
    stdout: "first ERR_ACCESS_DENIED\nsecond ERR_ACCESS_DENIED\n",
    stderr: "",
  });
});

it("says so when a thread cannot start, instead of waiting for it", async () => {
  const preload = fileURLToPath(new URL("./fixtures/refuse-threads.cjs", import.meta.url));
  const { status, stdout, stderr } = await runProgram("no-threads.ts", { flags: ["--require", preload] });
  expect(stdout).toMatch(
    /^ThreadExitError: no thread could be started for escape of node:querystring: Node reports .+\nThreadExitError: RangeError: no threads in here\n$/,
  );
  expect(stderr).toMatch(/^overlap: a thread failed outside a call: RangeError: no threads in here/);
  expect(status).toBe(0);
});

it("runs from compiled JavaScript as from source", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "overlap-compiled-"));
  await compileLoop(join(folder.path, "node_modules/@overlap/loop"));
  const program = join(folder.path, "program.mjs");
  await writeFile(
    program,
    `import { sleep } from "@overlap/loop";
    import { runBlocking, toThread } from "@overlap/loop/node";
    export function* slowly(text) { yield* sleep(1); return text; }
    if (import.meta.main) {
      process.stdout.write(runBlocking(import.meta.url, "slowly", "blocking "));
      process.stdout.write(await toThread(import.meta.url, "slowly", "thread"));
    }`,
  );
  expect(await runProgram(pathToFileURL(program))).toEqual({
    status: 0,
    stdout: "blocking thread",
    stderr: "",
  });
});

/** The package as the compiler leaves it, without waiting for a compiler. */
async function compileLoop(target: string): Promise<void> {
  const source = fileURLToPath(new URL("../src/", import.meta.url));
  for (const path of await readdir(source, { recursive: true })) {
    if (!path.endsWith(".ts")) continue;
    const text = stripTypeScriptTypes(await readFile(join(source, path), "utf8"));
    const compiled = join(target, path.replace(/ts$/, "js"));
    await mkdir(dirname(compiled), { recursive: true });
    await writeFile(compiled, text.replaceAll(/(from|import) "(\.[^"]*)\.ts"/g, '$1 "$2.js"'));
  }
  const exports = { ".": "./index.js", "./node": "./node/index.js" };
  await writeFile(join(target, "package.json"), JSON.stringify({ type: "module", exports }));
}
