import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";
import { type Outcome, outcomeOf, start } from "../cli.ts";

let folder = "";
let started: ChildProcess[] = [];

/** Gives each test of a file a folder of its own, and ends what it has started and left. */
export function useJobFolder(): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "overlap-run-"));
    // Commands that are printed should be those of this process, not of npx.
    vi.stubEnv("npm_config_user_agent", undefined);
  });
  afterEach(async () => {
    for (const child of started) child.kill("SIGKILL");
    started = [];
    await rm(folder, { recursive: true });
  });
}

/** A path in the folder. */
export function inFolder(name: string): string {
  return join(folder, name);
}

/** Writes a file into the folder. */
export async function write(name: string, text: string): Promise<void> {
  await writeFile(inFolder(name), text);
}

/** Starts `overlap run` there. */
export function startRun(...args: readonly string[]): ChildProcess {
  const child = start(["run", ...args], { cwd: folder });
  started.push(child);
  return child;
}

/** Runs `overlap run` there to its end. */
export async function run(...args: readonly string[]): Promise<Outcome> {
  return await outcomeOf(startRun(...args));
}

/** The lines of a file of the folder; none when it isn't there. */
export async function linesOf(name: string): Promise<string[]> {
  if (!existsSync(inFolder(name))) return [];
  return (await readFile(inFolder(name), "utf8")).trimEnd().split("\n").filter(Boolean);
}

/** Resolves when a file of the folder has so many lines. */
export async function untilLines(name: string, count: number): Promise<void> {
  await vi.waitUntil(async () => (await linesOf(name)).length >= count, { timeout: 20_000, interval: 10 });
}
