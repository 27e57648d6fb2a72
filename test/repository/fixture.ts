import { parseModule } from "./module.ts";
import type { Manifest, Package } from "./workspace.ts";

/** What a fixture says of its package, beside the files. */
export interface FixtureOptions extends Partial<Omit<Manifest, "name">> {
  /** @default "# Fixture" */
  readonly readme?: string | undefined;
}

/**
 * A package made of text, to show a rule its good and bad input.
 *
 * @example
 * fixture("trace", { "clock.ts": `import type { Clock } from "@overlap/loop";` })
 */
export function fixture(
  id: string,
  files: Readonly<Record<string, string>>,
  options: FixtureOptions = {},
): Package {
  const { readme, ...manifest } = { readme: "# Fixture", ...options };
  return {
    id,
    manifest: { name: `@overlap/${id}`, version: "0.1.0", ...manifest },
    readme,
    modules: Object.entries(files).map(([path, text]) => parseModule(`packages/${id}/src/${path}`, text)),
  };
}

/** The `exports` of a package whose entry points are `entries`, as name → source file. */
export function entryPoints(entries: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(entries).map(([name, file]) => [name, { "@overlap/source": `./src/${file}` }]),
  );
}
