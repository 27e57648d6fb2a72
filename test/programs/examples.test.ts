import { globSync } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../repository/workspace.ts";
import { runProgram } from "./run-program.ts";

const examples = globSync("examples/*.ts", { cwd: root }).sort();
const numbered = examples.filter((path) => /^\d\d-[a-z0-9-]+\.ts$/.test(basename(path)));

for (const path of numbered) {
  test.concurrent(`${path} runs`, async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "overlap-example-"));
    const { problems } = await runProgram(join(root, path), { cwd: folder.path });
    expect(problems).toEqual([]);
  });
}

test("every example has a number of its own, so that readers know where to begin", () => {
  expect(examples.filter((path) => !numbered.includes(path))).toEqual([]);
  const numbers = numbered.map((path) => basename(path).slice(0, 2));
  expect(numbers).toEqual([...new Set(numbers)]);
});
