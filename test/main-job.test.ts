import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, openPage } from "./chromium.ts";

const main = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));
const reason = "skipped: no Chromium in $CHROMIUM, nor as chromium, chromium-browser or google-chrome";
const where = chromiumPath() === undefined ? `in Chromium (${reason})` : "in Chromium";

let folder: string;
let html: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "overlap-main-job-"));
  const args = [
    "lab",
    "hash",
    "--items",
    "30,serial=10",
    "--difficulty",
    "4",
    "--delay",
    "10",
    "--report",
    folder,
  ];
  const job = spawn(process.execPath, ["--conditions=@overlap/source", main, ...args], { stdio: "ignore" });
  expect(await once(job, "close")).toEqual([0, null]);
  html = await readFile(join(folder, "hash.html"), "utf8");
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe.skipIf(chromiumPath() === undefined)(`the report of the main job, ${where}`, () => {
  test("opens with no network and no error on the console, and shows the timeline of each strategy", async () => {
    await using opened = await openPage(html);
    for (const name of ["no-io", "serial", "batch", "async", "overlap"]) {
      const timeline = opened.page.locator(`svg[role=img][aria-label*="${name}"]:visible`);
      expect(await timeline.count(), name).toBeGreaterThan(0);
      expect(await timeline.first().locator("path").count(), name).toBeGreaterThan(0);
    }
    expect(opened.errors).toEqual([]);
    expect(opened.requests).toEqual([]);
  });
});
