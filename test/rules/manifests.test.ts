import { expect, test } from "vitest";
import { type FixtureOptions, fixture } from "../repository/fixture.ts";
import { readPackages, readRootManifest } from "../repository/workspace.ts";
import { manifests } from "./manifests.ts";

const workspace = { name: "workspace", version: "0.1.0" };

/** What the rule says of a package beside `loop`. */
function verdict(options: FixtureOptions, id = "http"): readonly string[] {
  return manifests(workspace, [fixture("loop", {}), fixture(id, {}, options)]);
}

test("every package has a README, and every dependency one exact version", () => {
  expect(manifests(readRootManifest(), readPackages())).toEqual([]);
});

test("accepts exact versions, a prerelease, and the workspace's own", () => {
  expect(
    verdict({ dependencies: { undici: "8.12.4", next: "1.0.0-beta.2", "@overlap/loop": "0.1.0" } }),
  ).toEqual([]);
});

test.each(["^8.12.4", "~8.12.4", "8", "8.x", ">=8.0.0", "latest", "*", "workspace:*", "file:../x"])(
  "refuses the version %s",
  (version) => {
    expect(verdict({ dependencies: { undici: version } })).toEqual([
      `packages/http/package.json: expected an exact version for undici, got ${version}`,
    ]);
    expect(verdict({ devDependencies: { undici: version } })).toHaveLength(1);
    expect(manifests({ ...workspace, devDependencies: { undici: version } }, [])).toHaveLength(1);
  },
);

test("refuses a version of a neighbour that the workspace doesn't have", () => {
  expect(verdict({ dependencies: { "@overlap/loop": "0.2.0" } })).toEqual([
    "packages/http/package.json: expected 0.1.0 for @overlap/loop, the version in the workspace, got 0.2.0",
  ]);
  expect(verdict({ version: "0.2.0" })).toEqual(["packages/http has version 0.2.0, the workspace 0.1.0"]);
});

test("names a package without a README, or with an empty one", () => {
  expect(verdict({ readme: undefined })).toEqual(["packages/http has no README.md"]);
  expect(verdict({ readme: "\n" })).toEqual(["packages/http has no README.md"]);
});
