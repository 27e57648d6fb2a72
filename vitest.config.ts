import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const conditions = ["@overlap/source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Hundreds of commands are started from source; most of the time of each goes into stripping types.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/compile", import.meta.url)) },
    execArgv: ["--conditions=@overlap/source", "--expose-gc"],
    pool: "forks",
    reporters: process.env.CI
      ? ["default", ["json", { outputFile: "node_modules/.cache/test-results.json" }]]
      : ["default"],
    coverage: { include: ["packages/*/src/**/*.ts"] },
  },
});
