import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { chromiumPath, type OpenPage, openPage } from "../../../test/chromium.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const dist = join(root, "packages/loop/dist");
/** Nothing listens there: every request is answered from the build. */
const origin = "http://overlap.test";

const where = chromiumPath() === undefined ? " (skipped: no Chromium here; name one in $CHROMIUM)" : "";

/** The build of the core as it is now; nothing happens when it is up to date. */
async function build(): Promise<void> {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  await promisify(execFile)(process.execPath, [compiler, "-b", "packages/loop"], { cwd: root });
}

/** A page that can `import("/index.js")`. */
async function openCore(): Promise<OpenPage> {
  const open = await openPage("", { offline: false });
  await open.page.route(`${origin}/**`, async (route) => {
    const path = new URL(route.request().url()).pathname;
    if (path === "/") return route.fulfill({ contentType: "text/html", body: "<!doctype html>" });
    const body = await readFile(join(dist, path), "utf8");
    return route.fulfill({ contentType: "text/javascript", body });
  });
  await open.page.goto(`${origin}/`);
  return open;
}

/** Runs in the page. */
const program = `(async () => {
  const { CancelledError, clocked, co, createTask, currentLoop, run, sleep, taskGroup, timeout, TimeoutError, checkpoint } =
    await import("/index.js");
  const found = {};
  await run(function* () {
    const results = [];
    found.group = yield* taskGroup(function* (group) {
      for (const delayMs of [20, 5, 1]) group.spawn(function* (ms) { yield* sleep(ms); results.push(ms); }, delayMs);
      return results;
    });
    try { yield* timeout(5, sleep(60000)); } catch (error) { found.timeout = [error instanceof TimeoutError, error.code]; }
    const nested = co(function* nested() { yield* sleep(60000); });
    const steps = [];
    const task = createTask(function* outer() {
      try { yield* nested(); } finally { yield* sleep(1); steps.push("cleaned up"); }
    });
    const { signal } = task;
    yield* sleep(1);
    found.stack = task.stack();
    found.tree = currentLoop().describe();
    task.cancel("enough");
    try { yield* task; } catch (error) { found.cancel = [error instanceof CancelledError, error.reason, signal.aborted, ...steps]; }
    let turns = 0;
    const spinner = createTask(function* () { for (;;) { turns++; yield* checkpoint(); } });
    yield* sleep(10);
    found.spun = turns > 100;
    spinner.cancel();
    const lines = [];
    clocked(function double(n) { return 2 * n; }, { log: (line) => lines.push(line) })(4);
    found.clocked = lines[0].slice(lines[0].indexOf(" "));
  });
  return found;
})()`;

describe("the built core in a browser", () => {
  it.skipIf(where !== "")(
    `runs a group, a timeout and a cancel, and names the frames of a task${where}`,
    async () => {
      await build();
      await using open = await openCore();
      const found = await open.page.evaluate(program);
      expect(found).toEqual({
        group: [1, 5, 20],
        timeout: [true, "OVERLAP_LOOP_TIMEOUT"],
        stack: [{ functionName: "nested" }, { functionName: "outer" }],
        tree: expect.stringMatching(/^task: ready\nouter: waits for the time [\d.]+ ms$/),
        cancel: [true, "enough", true, "cleaned up"],
        spun: true,
        clocked: " double(4) -> 8",
      });
      expect(open.errors).toEqual([]);
    },
  );
});
