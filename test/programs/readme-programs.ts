import { codeBlocksOf } from "../repository/code-blocks.ts";
import type { Document } from "../repository/workspace.ts";

/** A `ts` block of a document that is a whole program: its first line of code is an import. */
export interface ReadmeProgram {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  /** False for a block marked `ts no-run`. */
  readonly runs: boolean;
  /** The block `text output` right behind it. */
  readonly output: string | undefined;
}

/** The programs in a document. A `ts` block that starts otherwise is a fragment, and nobody runs it. */
export function readmeProgramsOf(document: Document): readonly ReadmeProgram[] {
  const blocks = codeBlocksOf(document);
  return blocks.flatMap(({ info, text, line }, index) => {
    const [language, ...marks] = info.split(/\s+/);
    if (language !== "ts" || !startsWithImport(text)) return [];
    const next = blocks[index + 1];
    const output = next?.info === "text output" ? next.text : undefined;
    return [{ path: document.path, line, text, runs: !marks.includes("no-run"), output }];
  });
}

/** What can be compared of an output: timings vary, and with them the width of columns. */
export function comparable(output: string): readonly string[] {
  return output
    .trim()
    .split("\n")
    .map((line) =>
      line
        .replaceAll(/\d+(?:[.,]\d+)*/g, "#")
        .replaceAll(/\s+/g, " ")
        .trim(),
    );
}

function startsWithImport(text: string): boolean {
  const code = text.split("\n").find((line) => line.trim() !== "" && !line.trimStart().startsWith("//"));
  return code?.startsWith("import ") ?? false;
}
