import { expect, test } from "vitest";
import { entryPoints, fixture } from "../repository/fixture.ts";
import { readPackages } from "../repository/workspace.ts";
import { exportsDocumented } from "./exports-documented.ts";

/** What the rule says of a package whose entry point is index.ts. */
function verdict(
  files: Record<string, string>,
  entries: Record<string, string> = { ".": "index.ts" },
): readonly string[] {
  return exportsDocumented([fixture("loop", files, { exports: entryPoints(entries) })]);
}

const bare = (file: string, line: number, name: string) => [
  `packages/loop/src/${file}:${line} exports ${name} without a doc comment`,
];

test("every export of every package is documented", () => {
  expect(exportsDocumented(readPackages())).toEqual([]);
});

test("accepts documented exports of each kind", () => {
  const code = [
    "/** A. */ export const a = 1;",
    "/** B. */ export function b() {}",
    "/** C. */ export class C {}",
    "/** D. */ export interface D {}",
    "/** E. */ export type E = string;",
    "/** F. */\nexport async function* f() {}",
  ].join("\n");
  expect(verdict({ "index.ts": `export * from "./all.ts";`, "all.ts": code })).toEqual([]);
});

test.each([
  ["a constant", "export const a = 1;"],
  ["a function", "export function a() {}"],
  ["a class", "export abstract class a {}"],
  ["an interface", "export interface a {}"],
  ["a type", "export type a = string;"],
  ["one behind a line comment", "// About a.\nexport const a = 1;"],
  ["one behind a plain block comment", "/* About a. */\nexport const a = 1;"],
  ["one behind an empty doc comment", "/** */\nexport const a = 1;"],
  ["one whose neighbour is documented", "/** Other. */\nconst other = 1;\nexport const a = other;"],
])("names %s that has no doc comment", (_, code) => {
  const line = code.split("\n").findIndex((text) => text.startsWith("export")) + 1;
  expect(verdict({ "index.ts": `export * from "./a.ts";`, "a.ts": code })).toEqual(bare("a.ts", line, "a"));
});

test.each([
  ["by name", `export { a } from "./a.ts";`],
  ["under another name", `export { a as first } from "./a.ts";`],
  ["as a type", `export { type a } from "./a.ts";`],
  ["all", `export * from "./a.ts";`],
  ["as a namespace", `export * as letters from "./a.ts";`],
  ["by way of an import", `import { a } from "./a.ts";\nexport { a };`],
  ["by way of a second file", `export * from "./b.ts";`],
])("follows a re-export %s", (_, index) => {
  const files = {
    "index.ts": index,
    "b.ts": `export { a } from "./a.ts";`,
    "a.ts": "const a = 1;\nexport { a };",
  };
  expect(verdict(files)).toEqual(bare("a.ts", 1, "a"));
});

test("looks at every entry point, and not at what no entry point exports", () => {
  const files = {
    "index.ts": "export {};",
    "node/index.ts": `export * from "../a.ts";`,
    "a.ts": "export const a = 1;",
  };
  expect(verdict(files)).toEqual([]);
  expect(verdict(files, { ".": "index.ts", "./node": "node/index.ts" })).toEqual(bare("a.ts", 1, "a"));
});

test("wants one comment for overloads, above the first, and one each for a type and a value", () => {
  const overloads =
    "export function a(x: string): void;\nexport function a(x: number): void;\nexport function a() {}";
  expect(verdict({ "index.ts": overloads })).toEqual(bare("index.ts", 1, "a"));
  expect(verdict({ "index.ts": `/** A. */\n${overloads}` })).toEqual([]);
  expect(verdict({ "index.ts": "/** A. */\nexport type a = 1;\nexport const a = 1;" })).toEqual(
    bare("index.ts", 3, "a"),
  );
});

test("lets a line for a tool stand between the comment and the declaration", () => {
  expect(verdict({ "index.ts": "/** A. */\n// biome-ignore lint/x: because\nexport const a = 1;" })).toEqual(
    [],
  );
});

test("wants every member of exported options documented", () => {
  const options =
    "/** Of a. */\nexport interface AOptions {\n/** Ms. */ readonly delayMs?: number;\nreadonly limit?: number;\n}";
  expect(verdict({ "index.ts": options })).toEqual([
    "packages/loop/src/index.ts:4 has an option without a doc comment: AOptions, readonly limit",
  ]);
  const alias =
    "/** Of a. */\nexport type AOptions = Base & { limit: number };\n/** Base. */\nexport interface Base { x: 1 }";
  expect(verdict({ "index.ts": alias })).toEqual([
    "packages/loop/src/index.ts:2 has an option without a doc comment: AOptions, limit",
  ]);
});

test("leaves what comes from another package to that package", () => {
  expect(verdict({ "index.ts": `export { run } from "@overlap/loop";` })).toEqual([]);
});

test("names an entry point and an export that lead nowhere", () => {
  expect(verdict({})).toEqual([
    "packages/loop/src/index.ts is an entry point in package.json, and there is no such file",
  ]);
  expect(verdict({ "index.ts": `export { a } from "./a.ts";` })).toEqual([
    "packages/loop/src/index.ts exports a, whose declaration was not found",
  ]);
});

test("ends on files that export each other", () => {
  const files = {
    "index.ts": `export * from "./a.ts";`,
    "a.ts": `export * from "./index.ts";\nexport const a = 1;`,
  };
  expect(verdict(files)).toEqual(bare("a.ts", 2, "a"));
});
