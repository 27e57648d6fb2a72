import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of the test's own, removed when it ends. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "overlap-fetch-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes lines into a file of that folder, and gives its path. */
export async function writeLines(folder: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, "urls.txt");
  await writeFile(path, lines.map((line) => `${line}\n`).join(""));
  return path;
}

/** The values of a file, or an output, of JSON lines. */
export function parseLines<T = Record<string, unknown>>(text: string): T[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}

export async function readLines<T = Record<string, unknown>>(path: string): Promise<T[]> {
  return parseLines<T>(await readFile(path, "utf8"));
}
