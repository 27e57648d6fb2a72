import { codeBlocksOf } from "./code-blocks.ts";
import type { Document } from "./workspace.ts";

/** A command that a document tells its reader to type. */
export interface ShellCommand {
  readonly words: readonly string[];
  readonly line: number;
}

interface Line {
  readonly text: string;
  readonly line: number;
}

const shells = new Set(["sh", "bash", "shell", "console"]);

/**
 * The commands in a Markdown file: the lines of its shell blocks, the lines after a `$` prompt in any block (the other
 * lines of that block are output), and what stands in the text as `npm …` or `npx …`.
 */
export function shellCommandsOf(document: Document): readonly ShellCommand[] {
  return [...linesInBlocks(document), ...linesInText(document)].flatMap(({ text, line }) =>
    splitCommands(text).map((words) => ({ words, line })),
  );
}

function linesInBlocks(document: Document): readonly Line[] {
  return codeBlocksOf(document).flatMap(({ info, text, line }) => {
    const lines = joinContinued(text, line);
    const prompted = lines.filter((one) => /^\s*\$ /.test(one.text));
    if (prompted.length > 0)
      return prompted.map((one) => ({ ...one, text: one.text.replace(/^\s*\$ /, "") }));
    return shells.has(info.split(" ")[0] ?? "") ? lines : [];
  });
}

function joinContinued(text: string, first: number): readonly Line[] {
  const lines: Line[] = [];
  let pending: Line | undefined;
  for (const [index, content] of text.split("\n").entries()) {
    const line: Line = pending
      ? { ...pending, text: pending.text + content.trim() }
      : { text: content, line: first + index };
    pending = content.endsWith("\\") ? { ...line, text: line.text.slice(0, -1) } : undefined;
    if (!pending) lines.push(line);
  }
  return pending ? [...lines, pending] : lines;
}

function linesInText(document: Document): readonly Line[] {
  let fenced = false;
  return document.text.split("\n").flatMap((content, index) => {
    if (/^ *(```|~~~)/.test(content)) fenced = !fenced;
    if (fenced) return [];
    return [...content.matchAll(/`((?:npm|npx) [^`]+)`/g)].map(([, text = ""]) => ({
      text,
      line: index + 1,
    }));
  });
}

/** Cuts a line at the shell's operators and into words; what follows `#` is a comment. */
function splitCommands(text: string): readonly string[][] {
  const commands: string[][] = [[]];
  for (const [token] of text.matchAll(/#.*|&&|\|\|?|;|&|(?:"[^"]*"|'[^']*'|[^\s"';&|])+/g)) {
    if (token.startsWith("#")) break;
    if (/^(&&|\|\|?|;|&)$/.test(token)) commands.push([]);
    else commands.at(-1)?.push(token.replaceAll(/["']/g, ""));
  }
  return commands.map(withoutAssignments).filter((words) => words.length > 0);
}

function withoutAssignments(words: readonly string[]): string[] {
  const start = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  return start < 0 ? [] : words.slice(start);
}
