import { posix } from "node:path";
import type { StaticExportEntry } from "oxc-parser";
import { type Declared, declarationsOf } from "./declarations.ts";
import type { Module } from "./module.ts";
import type { Package } from "./workspace.ts";

/** What the users of a package can name. */
export interface Surface {
  readonly declarations: readonly Declared[];
  /** Entry points and exports whose source could not be found, as sentences. */
  readonly unresolved: readonly string[];
}

/** Follows the re-exports of every entry point in the `exports` of a package.json to their declarations. */
export function surfaceOf(of: Package): Surface {
  const declarations = new Set<Declared>();
  const unresolved: string[] = [];
  const resolver = new Resolver(of);
  for (const path of entryPaths(of)) {
    const entry = resolver.module(path);
    if (!entry) unresolved.push(`${path} is an entry point in package.json, and there is no such file`);
    for (const { name, found } of entry ? resolver.exportsOf(entry) : []) {
      if (found.length === 0) unresolved.push(`${path} exports ${name}, whose declaration was not found`);
      for (const declared of found) declarations.add(declared);
    }
  }
  return { declarations: [...declarations], unresolved };
}

/** The source files behind the `exports` of a package.json, by the condition `@overlap/source`. */
function entryPaths(of: Package): readonly string[] {
  return Object.values(of.manifest.exports ?? {}).flatMap((target) => {
    if (typeof target !== "object" || target === null || !("@overlap/source" in target)) return [];
    return [posix.join("packages", of.id, String(target["@overlap/source"]))];
  });
}

interface Named {
  readonly name: string;
  readonly found: readonly Declared[];
}

class Resolver {
  readonly #package: Package;
  readonly #declared = new Map<Module, readonly Declared[]>();
  constructor(of: Package) {
    this.#package = of;
  }

  module(path: string): Module | undefined {
    return this.#package.modules.find((module) => module.path === path);
  }

  /** What other packages declare is their own to document, and left out. */
  exportsOf(module: Module, seen: readonly Module[] = []): readonly Named[] {
    if (seen.includes(module)) return [];
    return entriesOf(module).flatMap((entry) => this.#follow(module, entry, [...seen, module]));
  }

  #follow(module: Module, entry: StaticExportEntry, seen: readonly Module[]): readonly Named[] {
    const name = entry.exportName.name ?? "*";
    const specifier = entry.moduleRequest?.value;
    if (specifier === undefined) return this.#local(module, name, entry.localName.name ?? "default", seen);
    return this.#imported(module, specifier, name, entry.importName.name ?? "*", seen);
  }

  #local(module: Module, name: string, localName: string, seen: readonly Module[]): readonly Named[] {
    for (const { moduleRequest, entries } of module.links.staticImports) {
      const entry = entries.find(({ localName: { value } }) => value === localName);
      if (entry) return this.#imported(module, moduleRequest.value, name, entry.importName.name ?? "*", seen);
    }
    return [{ name, found: this.#declarations(module).filter((declared) => declared.name === localName) }];
  }

  #imported(
    module: Module,
    specifier: string,
    name: string,
    imported: string,
    seen: readonly Module[],
  ): readonly Named[] {
    if (!specifier.startsWith(".")) return [];
    const target = this.module(posix.join(posix.dirname(module.path), specifier));
    if (!target) return [{ name, found: [] }];
    const all = this.exportsOf(target, seen);
    if (imported === "*") return all;
    return [{ name, found: all.filter((one) => one.name === imported).flatMap(({ found }) => found) }];
  }

  #declarations(module: Module): readonly Declared[] {
    const known = this.#declared.get(module) ?? declarationsOf(module);
    this.#declared.set(module, known);
    return known;
  }
}

function entriesOf(module: Module): readonly StaticExportEntry[] {
  return module.links.staticExports.flatMap(({ entries }) => entries);
}
