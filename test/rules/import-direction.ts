import { posix } from "node:path";
import { type Import, importsOf, type Module } from "../repository/module.ts";
import type { Package } from "../repository/workspace.ts";

type Reach = "types" | "all";

/** What each package may import of the others, lowest package first. */
const mayImport: Readonly<Record<string, Readonly<Record<string, Reach>>>> = {
  loop: {},
  trace: { loop: "types" },
  policy: { loop: "all" },
  http: { loop: "all", trace: "all", policy: "all" },
  pipeline: { loop: "all", trace: "all", policy: "all" },
  report: { trace: "types" },
  lab: { loop: "all", trace: "all", policy: "all", http: "all", pipeline: "all", report: "all" },
  cli: { loop: "all", trace: "all", policy: "all", http: "all", pipeline: "all", report: "all", lab: "all" },
};

/** Packages whose users get nothing from a third party with them. */
const selfContained = new Set(["loop", "trace", "policy"]);

/** The parts of `loop` that need Node; the rest runs in a browser too. */
const nodeParts = /^packages\/loop\/src\/(node|testing)[./-]/;

/** Imports point down the list of packages only, are declared, and go through the other package's `exports`. */
export function importDirection(packages: readonly Package[]): readonly string[] {
  return packages.flatMap((from) => {
    if (!Object.hasOwn(mayImport, from.id)) {
      return [
        `packages/${from.id}: not in the table of test/rules/import-direction.ts; decide what it may import`,
      ];
    }
    return from.modules.flatMap((module) =>
      importsOf(module).flatMap((found) => {
        const problem = problemOf(found, module, from, packages);
        return problem ? [`${module.path}:${found.line} imports ${found.specifier}: ${problem}`] : [];
      }),
    );
  });
}

function problemOf(
  found: Import,
  module: Module,
  from: Package,
  packages: readonly Package[],
): string | undefined {
  const { specifier } = found;
  if (specifier.startsWith("."))
    return leavesPackage(specifier, module, from) ? "a path into another package" : undefined;
  if (specifier.startsWith("node:")) return nodeProblem(module, from);
  if (specifier.startsWith("@overlap/")) return overlapProblem(found, from, packages);
  return thirdPartyProblem(specifier, from);
}

function leavesPackage(specifier: string, module: Module, from: Package): boolean {
  return !posix.join(posix.dirname(module.path), specifier).startsWith(`packages/${from.id}/`);
}

function nodeProblem(module: Module, from: Package): string | undefined {
  const needsBrowser = from.id === "loop" && !nodeParts.test(module.path);
  return needsBrowser
    ? "the core of loop also runs in a browser; only src/node* and src/testing* need Node"
    : undefined;
}

function overlapProblem(found: Import, from: Package, packages: readonly Package[]): string | undefined {
  const [, id = "", ...path] = found.specifier.split("/");
  if (id === from.id) return "a package imports its own files by relative path";
  const reach = mayImport[from.id]?.[id];
  if (!reach) return `${from.id} may not import ${id}`;
  if (reach === "types" && !found.typeOnly) return `${from.id} may import ${id} for types only (import type)`;
  const target = packages.find((other) => other.id === id);
  const entry = [".", ...path].join("/");
  if (!Object.hasOwn(target?.manifest.exports ?? {}, entry))
    return `"${entry}" is not in the exports of ${id}`;
  return undeclared(`@overlap/${id}`, from);
}

function thirdPartyProblem(specifier: string, from: Package): string | undefined {
  if (selfContained.has(from.id)) return `${from.id} has no third-party dependencies`;
  const [scope = "", name] = specifier.split("/");
  return undeclared(scope.startsWith("@") ? `${scope}/${name}` : scope, from);
}

function undeclared(dependency: string, from: Package): string | undefined {
  const declared = Object.hasOwn(from.manifest.dependencies ?? {}, dependency);
  return declared ? undefined : `not in the dependencies of packages/${from.id}/package.json`;
}
