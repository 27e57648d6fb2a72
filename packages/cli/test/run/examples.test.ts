import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { inFolder, run, useJobFolder } from "./job-folder.ts";

useJobFolder();

it.each([
  ["20-hash-and-save.ts", { items: 200, delivered: 200, rejected: 0 }],
  ["21-enrich-csv.ts", { items: 121, delivered: 119, rejected: 2 }],
  ["22-api-to-sqlite.ts", { items: 30, delivered: 30, rejected: 0 }],
])("examples/%s is a job that overlap run runs, and leaves no files", async (name, counts) => {
  const example = fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url));
  const { code, stdout } = await run(example, "--json");
  expect(JSON.parse(stdout)).toMatchObject({ ended: "source", failed: 0, ...counts });
  expect(code).toBe(0);
  expect(await readdir(inFolder("."))).toEqual([]);
});
