import { expect, test } from "vitest";
import { fixture } from "../repository/fixture.ts";
import { readDocuments, readPackages } from "../repository/workspace.ts";
import { errorCodes } from "./error-codes.ts";

const head = "| Code | Package | When | What to do |\n| --- | --- | --- | --- |\n";
const closed = "| `OVERLAP_LOOP_CLOSED` | loop | The loop was closed. | Make a new one. |";

/** What the rule says of one file of `loop` and the rows of the reference. */
function verdict(code: string, ...rows: readonly string[]): readonly string[] {
  const reference = { path: "errors.md", text: head + rows.join("\n") };
  return errorCodes([fixture("loop", { "errors.ts": code }), fixture("http", {})], reference);
}

test("the reference lists the error codes of the source, and no others", () => {
  const [reference] = readDocuments(["docs/reference/errors.md"]);
  expect(reference).toBeDefined();
  expect(reference && errorCodes(readPackages(), reference)).toEqual([]);
});

test("accepts an empty table where there are no codes, and a code with its row", () => {
  expect(verdict("export {};")).toEqual([]);
  expect(verdict(`export const code = "OVERLAP_LOOP_CLOSED";`, closed)).toEqual([]);
  expect(verdict(`export type Code = "OVERLAP_LOOP_CLOSED";`, closed)).toEqual([]);
});

test("names a code that is not in the reference, once", () => {
  const code = `\nexport const code = "OVERLAP_LOOP_CLOSED";\nexport const again = "OVERLAP_LOOP_CLOSED";`;
  expect(verdict(code)).toEqual([
    "packages/loop/src/errors.ts:2 uses OVERLAP_LOOP_CLOSED, which is not in errors.md",
  ]);
});

test("names a row whose code is only in a comment, or nowhere", () => {
  const problem = ["errors.md:3 OVERLAP_LOOP_CLOSED: no string in the source has this code"];
  expect(verdict("// OVERLAP_LOOP_CLOSED\nexport {};", closed)).toEqual(problem);
});

test("refuses a code built from pieces, which nobody could find by searching", () => {
  expect(verdict("export const code = (kind: string) => `OVERLAP_LOOP_${kind}`;")).toEqual([
    "packages/loop/src/errors.ts:1 builds a code from pieces (OVERLAP_LOOP_…); write every code in full",
  ]);
});

test.each([
  ["the wrong package", [closed.replace("| loop |", "| http |")], "the source has it in loop, not in http"],
  ["an empty cell", [closed.replace("Make a new one.", "")], "a cell is empty"],
  ["a missing cell", [closed.replace("| Make a new one. |", "|")], "expected the columns"],
  ["the same code twice", [closed, closed], "listed twice"],
])("refuses a row with %s", (_, rows, problem) => {
  const [first, ...others] = verdict(`export const code = "OVERLAP_LOOP_CLOSED";`, ...rows);
  expect(first).toContain(problem);
  expect(others).toEqual([]);
});
