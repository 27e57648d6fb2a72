import { gzipSync } from "node:zlib";
import { build } from "rolldown";
import type { Measure } from "./rounds.ts";

/** What is bundled, as the code of a module. */
const entries: Readonly<Record<string, string>> = {
  "Overlap, everything": 'export * from "@overlap/loop";',
  "Overlap, run, sleep, timeout, taskGroup, Semaphore":
    'export { run, sleep, timeout, taskGroup, Semaphore } from "@overlap/loop";',
  "Effection, everything": 'export * from "effection";',
  "Effect, runPromise, sleep, timeout, forEach, Semaphore":
    'import * as E from "effect/Effect"; import { make } from "effect/Semaphore";' +
    "export const { runPromise, sleep, timeout, forEach } = { runPromise: E.runPromise, sleep: E.sleep, timeout: E.timeout, forEach: E.forEach }; export { make };",
  "p-limit and p-map": 'export { default as pLimit } from "p-limit"; export * from "p-map";',
};

/** Kilobytes, minified and gzipped. */
export const sizes: Measure = {
  title: "size, minified and gzipped",
  unit: "kB",
  rounds: 1,
  warmUps: 0,
  contenders: Object.entries(entries).map(([name, code]) => ({
    name,
    sample: async () => (await gzippedSize(code)) / 1_000,
  })),
  targets: [],
};

async function gzippedSize(code: string): Promise<number> {
  const { output } = await build({
    input: "entry",
    cwd: import.meta.dirname,
    platform: "neutral",
    write: false,
    logLevel: "silent",
    resolve: { conditionNames: ["@overlap/source", "import", "default"], mainFields: ["module", "main"] },
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? `${import.meta.dirname}/entry.js` : null),
        load: (id) => (id === `${import.meta.dirname}/entry.js` ? code : null),
      },
    ],
    output: { format: "es", minify: true },
  });
  return gzipSync(output[0].code, { level: 9 }).length;
}
