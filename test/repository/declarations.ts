import type { Declaration, Statement } from "oxc-parser";
import type { Module } from "./module.ts";

/** A statement at the top of a module that declares a name. */
export interface Declared {
  readonly name: string;
  readonly module: Module;
  /** The declaration, without the `export` before it. */
  readonly node: Declaration;
  /** Where the whole statement starts, `export` included. */
  readonly start: number;
}

/** What a module declares at its top, in order: overloads and merged declarations each on their own. */
export function declarationsOf(module: Module): readonly Declared[] {
  return module.program.body.flatMap((statement) => {
    const node = declarationIn(statement);
    if (!node) return [];
    return namesIn(node).map((name) => ({ name, module, node, start: statement.start }));
  });
}

/** Whether a doc comment with words in it ends right above `start`; a line comment for a tool may stand between. */
export function hasDocComment(module: Module, start: number): boolean {
  const above = module.comments.findLast(({ type, end }) => type === "Block" && end <= start);
  if (!above?.value.startsWith("*") || !/\p{L}/u.test(above.value)) return false;
  return (
    module.text
      .slice(above.end, start)
      .replaceAll(/^\s*\/\/.*$/gm, "")
      .trim() === ""
  );
}

function declarationIn(statement: Statement): Declaration | undefined {
  if (statement.type === "ExportNamedDeclaration") return statement.declaration ?? undefined;
  switch (statement.type) {
    case "VariableDeclaration":
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "ClassDeclaration":
    case "TSTypeAliasDeclaration":
    case "TSInterfaceDeclaration":
    case "TSEnumDeclaration":
    case "TSModuleDeclaration":
      return statement;
    default:
      return undefined;
  }
}

function namesIn(node: Declaration): readonly string[] {
  if (node.type === "VariableDeclaration") {
    return node.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []));
  }
  return "id" in node && node.id?.type === "Identifier" ? [node.id.name] : [];
}
