import { expect, test } from "vitest";
import { fixture } from "../repository/fixture.ts";
import { readPackages } from "../repository/workspace.ts";
import { files } from "./files.ts";

/** What the rule says of one file of `loop`. */
function verdict(path: string, code = "export const a = 1;"): readonly string[] {
  return files([fixture("loop", { [path]: code })]);
}

test("source files are short, well named, and export by name", () => {
  expect(files(readPackages())).toEqual([]);
});

test("accepts 300 lines and refuses 301", () => {
  expect(verdict("task.ts", "//\n".repeat(300))).toEqual([]);
  expect(verdict("task.ts", "//\n".repeat(301))).toEqual([
    "packages/loop/src/task.ts has 301 lines; split it by concept, 300 are the most",
  ]);
});

test.each(["task.ts", "ready-queue.ts", "io/http2-pool.ts", "globals.d.ts"])(
  "accepts the name %s",
  (path) => {
    expect(verdict(path)).toEqual([]);
  },
);

test.each(["readyQueue.ts", "Task.ts", "ready_queue.ts", "IO/pool.ts", "task-.ts"])(
  "refuses the name %s",
  (path) => {
    expect(verdict(path)).toEqual([expect.stringContaining("expected kebab-case")]);
  },
);

test.each(["utils.ts", "helpers.ts", "common/index.ts", "io/misc.ts"])(
  "refuses the empty name %s",
  (path) => {
    expect(verdict(path, "export {} from './a.ts';")).toEqual([
      expect.stringContaining("says nothing about what is in it"),
    ]);
  },
);

test.each([
  "export default function a() {}",
  "const a = 1;\nexport { a as default };",
  `export { default } from "./b.ts";`,
])("refuses a default export: %s", (code) => {
  expect(verdict("task.ts", code)).toEqual([expect.stringContaining("has a default export")]);
});

test("lets an index re-export, and nothing else", () => {
  expect(
    verdict("index.ts", `// Tasks\nexport * from "./a.ts";\nexport { type B, c } from "./b.ts";`),
  ).toEqual([]);
  expect(verdict("node/index.ts", `export * from "./a.ts";\n\nexport const a = 1;`)).toEqual([
    "packages/loop/src/node/index.ts:3 is not a re-export; index.ts only re-exports",
  ]);
  expect(verdict("index.ts", `import "./a.ts";`)).toHaveLength(1);
});
