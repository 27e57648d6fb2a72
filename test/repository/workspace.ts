import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Module, parseModule } from "./module.ts";

/** The parts of a package.json that the rules look at. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** One package of the workspace. */
export interface Package {
  /** The folder's name under `packages/`: `loop`. */
  readonly id: string;
  readonly manifest: Manifest;
  readonly readme: string | undefined;
  readonly modules: readonly Module[];
}

/** A Markdown file. */
export interface Document {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** The repository's root folder. */
export const root: string = join(import.meta.dirname, "..", "..");

/** Reads every package of the repository in `folder`. */
export function readPackages(folder: string = root): readonly Package[] {
  return globSync("packages/*/package.json", { cwd: folder })
    .sort()
    .map((path) => readPackage(folder, path.split(/[\\/]/).at(1) ?? path));
}

/** Reads the manifest of the workspace itself. */
export function readRootManifest(folder: string = root): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** Reads the Markdown files that match `patterns` and exist. */
export function readDocuments(patterns: readonly string[], folder: string = root): readonly Document[] {
  return globSync(patterns, { cwd: folder })
    .sort()
    .map((path) => ({ path: path.replaceAll("\\", "/"), text: readFileSync(join(folder, path), "utf8") }));
}

function readPackage(folder: string, id: string): Package {
  const readme = join(folder, "packages", id, "README.md");
  return {
    id,
    manifest: JSON.parse(readFileSync(join(folder, "packages", id, "package.json"), "utf8")),
    readme: existsSync(readme) ? readFileSync(readme, "utf8") : undefined,
    modules: readDocuments([`packages/${id}/src/**/*.ts`], folder).map(({ path, text }) =>
      parseModule(path, text),
    ),
  };
}
