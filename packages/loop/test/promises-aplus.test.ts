import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const suite = fileURLToPath(new URL("promises-aplus-suite.ts", import.meta.url));

// In a process of its own: the suite leaves rejections unhandled on purpose.
it("passes the Promises/A+ suite with the then of a future", { timeout: 120_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--conditions=@overlap/source",
    "--unhandled-rejections=none",
    suite,
  ]);
  expect(JSON.parse(stdout)).toEqual({ passed: 872, failed: [] });
});
