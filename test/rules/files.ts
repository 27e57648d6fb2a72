import { posix } from "node:path";
import { lineAt, type Module } from "../repository/module.ts";
import type { Package } from "../repository/workspace.ts";

const mostLines = 300;
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const saysNothing = new Set(["utils", "util", "helpers", "helper", "common", "misc"]);

/** Source files are short, named for their concept, and without default exports; an `index.ts` only re-exports. */
export function files(packages: readonly Package[]): readonly string[] {
  return packages
    .flatMap(({ modules }) => modules)
    .flatMap((module) => [
      ...length(module),
      ...names(module),
      ...defaultExports(module),
      ...indexCode(module),
    ]);
}

function length({ path, text }: Module): readonly string[] {
  const lines = text.trimEnd().split("\n").length;
  return lines > mostLines
    ? [`${path} has ${lines} lines; split it by concept, ${mostLines} are the most`]
    : [];
}

function names({ path }: Module): readonly string[] {
  const [, , , ...parts] = path.split("/");
  return parts.flatMap((part) => {
    const words = part.replace(/(\.d)?\.ts$/, "");
    if (!kebabCase.test(words)) return [`${path}: expected kebab-case, got ${part}`];
    return saysNothing.has(words)
      ? [`${path}: ${part} says nothing about what is in it; name the concept`]
      : [];
  });
}

function defaultExports(module: Module): readonly string[] {
  return module.links.staticExports
    .flatMap(({ entries }) => entries)
    .filter(({ exportName }) => exportName.kind === "Default" || exportName.name === "default")
    .map(({ start }) => `${module.path}:${lineAt(module, start)} has a default export; name it`);
}

function indexCode(module: Module): readonly string[] {
  if (posix.basename(module.path) !== "index.ts") return [];
  return module.program.body
    .filter(
      (node) =>
        node.type !== "ExportAllDeclaration" && !(node.type === "ExportNamedDeclaration" && node.source),
    )
    .map(
      ({ start }) => `${module.path}:${lineAt(module, start)} is not a re-export; index.ts only re-exports`,
    );
}
