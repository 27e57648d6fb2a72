import type { Manifest, Package } from "../repository/workspace.ts";

/** A version and nothing around it: no range, no tag. */
const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

/** Every package has a README, and every dependency one exact version, the workspace's own included. */
export function manifests(workspace: Manifest, packages: readonly Package[]): readonly string[] {
  const versions = new Map(packages.map(({ manifest }) => [manifest.name, manifest.version]));
  return [
    ...pins("package.json", workspace, versions),
    ...packages.flatMap((of) => [
      ...(of.readme?.trim() ? [] : [`packages/${of.id} has no README.md`]),
      ...(of.manifest.name === `@overlap/${of.id}` ? [] : [`packages/${of.id} is named ${of.manifest.name}`]),
      ...(of.manifest.version === workspace.version
        ? []
        : [`packages/${of.id} has version ${of.manifest.version}, the workspace ${workspace.version}`]),
      ...pins(`packages/${of.id}/package.json`, of.manifest, versions),
    ]),
  ];
}

function pins(path: string, manifest: Manifest, versions: ReadonlyMap<string, string>): readonly string[] {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).flatMap(
    ([name, version]) => {
      if (!exact.test(version)) return [`${path}: expected an exact version for ${name}, got ${version}`];
      const own = versions.get(name) ?? version;
      return own === version
        ? []
        : [`${path}: expected ${own} for ${name}, the version in the workspace, got ${version}`];
    },
  );
}
