import { stringsOf } from "../repository/module.ts";
import type { Document, Package } from "../repository/workspace.ts";

/** A row of the table in docs/reference/errors.md. */
interface Row {
  readonly code: string;
  readonly cells: readonly string[];
  readonly line: number;
}

/** A code as it stands in a string of the source. */
interface Use {
  readonly code: string;
  readonly package: string;
  readonly where: string;
}

const columns = ["Code", "Package", "When", "What to do"];

/** Every error code in the source has one complete row in the reference, and every row a code in the source. */
export function errorCodes(packages: readonly Package[], reference: Document): readonly string[] {
  const uses = packages.flatMap(usesIn);
  const rows = rowsOf(reference);
  return [
    ...usesWithoutRow(uses, rows, reference),
    ...rows.flatMap((row) => problemsOf(row, rows, uses, reference)),
  ];
}

function usesIn(of: Package): readonly Use[] {
  return of.modules.flatMap((module) =>
    stringsOf(module).flatMap(({ value, line }) =>
      [...value.matchAll(/\bOVERLAP_[A-Z0-9_]*/g)].map(([code]) => ({
        code,
        package: of.id,
        where: `${module.path}:${line}`,
      })),
    ),
  );
}

function rowsOf({ text }: Document): readonly Row[] {
  return text.split("\n").flatMap((content, index) => {
    const [code = "", ...cells] = content
      .replace(/^\||\|\s*$/g, "")
      .split("|")
      .map((cell) => cell.trim());
    const name = /^`(OVERLAP_[A-Z0-9_]+)`$/.exec(code)?.[1];
    return content.startsWith("|") && name ? [{ code: name, cells, line: index + 1 }] : [];
  });
}

function usesWithoutRow(uses: readonly Use[], rows: readonly Row[], reference: Document): readonly string[] {
  const listed = new Set(rows.map(({ code }) => code));
  const first = new Map(uses.toReversed().map((use) => [use.code, use]));
  return [...first.values()].flatMap(({ code, where }) => {
    if (code.endsWith("_"))
      return [`${where} builds a code from pieces (${code}…); write every code in full`];
    return listed.has(code) ? [] : [`${where} uses ${code}, which is not in ${reference.path}`];
  });
}

function problemsOf(
  row: Row,
  rows: readonly Row[],
  uses: readonly Use[],
  { path }: Document,
): readonly string[] {
  const { code, cells, line } = row;
  const packages = new Set(uses.filter((use) => use.code === code).map((use) => use.package));
  const [named = "", ...texts] = cells;
  const problems = [
    packages.size === 0 && "no string in the source has this code",
    packages.size > 0 &&
      !packages.has(named.replaceAll("`", "")) &&
      `the source has it in ${[...packages].join(", ")}, not in ${named}`,
    texts.length + 2 !== columns.length && `expected the columns ${columns.join(", ")}`,
    texts.some((text) => text === "") && "a cell is empty",
    rows.find((other) => other.code === code) !== row && "listed twice",
  ];
  return problems
    .filter((problem) => problem !== false)
    .map((problem) => `${path}:${line} ${code}: ${problem}`);
}
