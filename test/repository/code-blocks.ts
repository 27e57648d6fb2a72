import type { Document } from "./workspace.ts";

/** A fenced code block of a Markdown file. */
export interface CodeBlock {
  /** What follows the opening fence: `sh`, `ts no-run`, `text output`. */
  readonly info: string;
  readonly text: string;
  /** The line of the text's first line, counted from 1. */
  readonly line: number;
}

/** The fenced code blocks of a Markdown file, in order; a block in a list item loses the item's indentation. */
export function codeBlocksOf({ path, text }: Document): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { indent: number; fence: string; info: string; lines: string[]; line: number } | undefined;
  for (const [index, content] of text.split("\n").entries()) {
    const [, indent = "", fence = "", info = ""] = /^( *)(`{3,}|~{3,})(.*)$/.exec(content) ?? [];
    if (!open) {
      if (fence) open = { indent: indent.length, fence, info: info.trim(), lines: [], line: index + 2 };
    } else if (fence.startsWith(open.fence) && info.trim() === "") {
      blocks.push({ info: open.info, text: open.lines.join("\n"), line: open.line });
      open = undefined;
    } else {
      open.lines.push(withoutIndent(content, open.indent));
    }
  }
  if (open) throw new Error(`${path}:${open.line - 1}: this code block is never closed`);
  return blocks;
}

function withoutIndent(content: string, indent: number): string {
  return content.slice(0, indent).trim() === "" ? content.slice(indent) : content;
}
