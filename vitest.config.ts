import { defineConfig } from "vitest/config";

const conditions = ["@overlap/source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    execArgv: ["--conditions=@overlap/source", "--expose-gc"],
    pool: "forks",
    reporters: process.env.CI
      ? ["default", ["json", { outputFile: "node_modules/.cache/test-results.json" }]]
      : ["default"],
    coverage: { include: ["packages/*/src/**/*.ts"] },
  },
});
