import { type EcmaScriptModule, type Program, parseSync, Visitor } from "oxc-parser";

/** One source file, parsed. TypeScript 7 has no JavaScript API, so the rules read oxc's syntax tree. */
export interface Module {
  /** From the repository's root, with `/` on every system. */
  readonly path: string;
  readonly text: string;
  readonly program: Program;
  readonly comments: readonly Comment[];
  /** Its import and export statements, name by name. */
  readonly links: Pick<EcmaScriptModule, "staticImports" | "staticExports">;
}

/** A comment and where it stands in the text. */
interface Comment {
  readonly type: "Line" | "Block";
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** One place where a module names another one. */
export interface Import {
  readonly specifier: string;
  /** The compiler removes it whole: `import type …`, `export type … from`, `import("…").T`. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** A string that stands in the code: a literal, or one fixed part of a template. */
export interface StringPart {
  readonly value: string;
  readonly line: number;
}

/** @throws Error that names the file, when it is not TypeScript. */
export function parseModule(path: string, text: string): Module {
  const { program, comments, module: links, errors } = parseSync(path, text);
  const [error] = errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  return { path, text, program, comments, links };
}

/** The line, counted from 1, of an offset in the module's text. */
export function lineAt(module: Module, offset: number): number {
  return module.text.slice(0, offset).split("\n").length;
}

/** Every module that `module` names in a way that can be read without running it. */
export function importsOf(module: Module): readonly Import[] {
  const found: Import[] = [];
  const add = (source: unknown, typeOnly: boolean) => {
    const literal = stringLiteral(source);
    if (literal) found.push({ specifier: literal.value, typeOnly, line: lineAt(module, literal.start) });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source, node.importKind === "type"),
    ExportNamedDeclaration: (node) => add(node.source, node.exportKind === "type"),
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === "type"),
    ImportExpression: (node) => add(node.source, false),
    TSImportType: (node) => add(node.source, true),
    CallExpression: (node) => {
      if (resolvesModule(module.text.slice(node.callee.start, node.callee.end)))
        add(node.arguments[0], false);
    },
  }).visit(module.program);
  return found;
}

/** Every string in the code; comments don't count. */
export function stringsOf(module: Module): readonly StringPart[] {
  const found: StringPart[] = [];
  new Visitor({
    Literal: (node) => {
      if (typeof node.value === "string") found.push({ value: node.value, line: lineAt(module, node.start) });
    },
    TemplateElement: (node) => {
      found.push({ value: node.value.raw, line: lineAt(module, node.start) });
    },
  }).visit(module.program);
  return found;
}

function resolvesModule(callee: string): boolean {
  return callee === "import.meta.resolve" || callee === "require" || callee === "require.resolve";
}

function stringLiteral(node: unknown): { value: string; start: number } | undefined {
  if (typeof node !== "object" || node === null || !("type" in node) || node.type !== "Literal")
    return undefined;
  if (!("value" in node) || typeof node.value !== "string") return undefined;
  return { value: node.value, start: "start" in node ? Number(node.start) : 0 };
}
