import { expect, test } from "vitest";
import { entryPoints, fixture } from "../repository/fixture.ts";
import { readPackages } from "../repository/workspace.ts";
import { importDirection } from "./import-direction.ts";

const loop = fixture("loop", {}, { exports: entryPoints({ ".": "index.ts", "./node": "node/index.ts" }) });
const trace = fixture("trace", {}, { exports: entryPoints({ ".": "index.ts" }) });
const http = fixture("http", {}, { exports: entryPoints({ ".": "index.ts" }) });
const onLoop = { dependencies: { "@overlap/loop": "0.1.0" } };

/** What the rule says of one line in a file of a package. */
function verdict(
  id: string,
  code: string,
  dependencies: Record<string, string> = {},
  file = "a.ts",
): string | undefined {
  const others = [loop, trace, http].filter((other) => other.id !== id);
  return importDirection([fixture(id, { [file]: code }, { dependencies }), ...others])[0];
}

test("packages import only what stands below them", () => {
  expect(importDirection(readPackages())).toEqual([]);
});

test("accepts a declared import of a lower package, also of its second entry point", () => {
  const dependencies = { "@overlap/loop": "0.1.0" };
  expect(verdict("http", `import { run } from "@overlap/loop";`, dependencies)).toBeUndefined();
  expect(verdict("http", `import { toThread } from "@overlap/loop/node";`, dependencies)).toBeUndefined();
});

test.each([
  ["a static import", `import { Session } from "@overlap/http";`],
  ["a type", `import type { Session } from "@overlap/http";`],
  ["a re-export", `export * from "@overlap/http";`],
  ["a dynamic import", `const http = await import("@overlap/http");`],
  ["a type expression", `export type S = import("@overlap/http").Session;`],
  ["a resolved path", `export const path = import.meta.resolve("@overlap/http");`],
])("refuses an import of a higher package: %s", (_, code) => {
  expect(verdict("loop", code)).toBe(
    "packages/loop/src/a.ts:1 imports @overlap/http: loop may not import http",
  );
});

test("refuses an import of a package beside it", () => {
  expect(verdict("pipeline", `import "@overlap/http";`)).toContain("pipeline may not import http");
});

test("refuses an undeclared import, from the workspace and from a third party", () => {
  const where = "not in the dependencies of packages/http/package.json";
  expect(verdict("http", `import { run } from "@overlap/loop";`)).toContain(where);
  expect(verdict("http", `import { Agent } from "undici";`)).toContain(where);
  expect(verdict("http", `import { hash } from "@node-rs/bcrypt/sub.js";`)).toContain(where);
  expect(
    verdict("http", `import { hash } from "@node-rs/bcrypt/sub.js";`, { "@node-rs/bcrypt": "2.0.0" }),
  ).toBeUndefined();
});

test("lets trace and report have types only, and an inline `type` is not enough", () => {
  const { dependencies } = onLoop;
  expect(verdict("trace", `import type { Clock } from "@overlap/loop";`, dependencies)).toBeUndefined();
  expect(verdict("trace", `import { type Clock } from "@overlap/loop";`, dependencies)).toContain(
    "types only",
  );
  expect(
    verdict("report", `import { Trace } from "@overlap/trace";`, { "@overlap/trace": "0.1.0" }),
  ).toContain("types only");
});

test("refuses a path past the exports of another package", () => {
  expect(verdict("http", `import { x } from "@overlap/loop/src/task.ts";`, onLoop.dependencies)).toContain(
    `"./src/task.ts" is not in the exports of loop`,
  );
  expect(verdict("http", `import { x } from "../../loop/src/task.ts";`)).toContain(
    "a path into another package",
  );
});

test("refuses a package that imports itself by name", () => {
  expect(verdict("http", `import { Session } from "@overlap/http";`)).toContain("relative path");
});

test("keeps third parties out of loop, declared or not", () => {
  expect(verdict("loop", `import { Agent } from "undici";`, { undici: "8.12.4" })).toContain(
    "no third-party",
  );
});

test("keeps Node out of the core of loop, and only there", () => {
  const code = `import { performance } from "node:perf_hooks";`;
  expect(verdict("loop", code, {}, "clock.ts")).toContain("also runs in a browser");
  expect(verdict("loop", code, {}, "node/to-thread.ts")).toBeUndefined();
  expect(verdict("loop", code, {}, "node.ts")).toBeUndefined();
  expect(verdict("loop", code, {}, "testing/index.ts")).toBeUndefined();
  expect(verdict("loop", code, {}, "nodelike.ts")).toContain("also runs in a browser");
  expect(verdict("http", code)).toBeUndefined();
});

test("asks for a decision when a package is new", () => {
  expect(verdict("extra", "export const a = 1;")).toContain("decide what it may import");
});
