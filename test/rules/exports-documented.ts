import type { TSSignature, TSType } from "oxc-parser";
import { type Declared, hasDocComment } from "../repository/declarations.ts";
import { lineAt } from "../repository/module.ts";
import { surfaceOf } from "../repository/surface.ts";
import type { Package } from "../repository/workspace.ts";

/** Everything that a package exports, and every option, has a doc comment right above its declaration. */
export function exportsDocumented(packages: readonly Package[]): readonly string[] {
  return packages.flatMap((of) => {
    const { declarations, unresolved } = surfaceOf(of);
    return [...unresolved, ...undocumented(declarations), ...declarations.flatMap(undocumentedOptions)];
  });
}

/** Of overloads the first carries the comment; a type and a value of one name carry one each. */
function undocumented(declarations: readonly Declared[]): readonly string[] {
  const first = new Map<string, Declared>();
  for (const declared of declarations) {
    const { name, module, node } = declared;
    const key = `${module.path} ${name} ${node.type === "TSDeclareFunction" ? "FunctionDeclaration" : node.type}`;
    if (!first.has(key)) first.set(key, declared);
  }
  return [...first.values()]
    .filter(({ module, start }) => !hasDocComment(module, start))
    .map(
      ({ name, module, start }) =>
        `${module.path}:${lineAt(module, start)} exports ${name} without a doc comment`,
    );
}

function undocumentedOptions({ name, module, node }: Declared): readonly string[] {
  if (!name.endsWith("Options")) return [];
  return membersOf(node)
    .filter(({ start }) => !hasDocComment(module, start))
    .map(({ start, end }) => {
      const [member] = module.text.slice(start, end).split(/[?:(]/, 1);
      return `${module.path}:${lineAt(module, start)} has an option without a doc comment: ${name}, ${member}`;
    });
}

function membersOf(node: Declared["node"]): readonly TSSignature[] {
  if (node.type === "TSInterfaceDeclaration") return node.body.body;
  return node.type === "TSTypeAliasDeclaration" ? membersOfType(node.typeAnnotation) : [];
}

function membersOfType(type: TSType): readonly TSSignature[] {
  if (type.type === "TSTypeLiteral") return type.members;
  return type.type === "TSIntersectionType" || type.type === "TSUnionType"
    ? type.types.flatMap(membersOfType)
    : [];
}
