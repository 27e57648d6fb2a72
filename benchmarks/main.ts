import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";

/** `npm run bench -- NAME… [--seconds N]`: runs those benchmarks, or says which there are. */

const folder = new URL("./", import.meta.url);
const known = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && file !== "main.ts")
  .map((file) => file.slice(0, -".ts".length));
const { positionals: wanted, values } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: "string" } },
});
const unknown = wanted.filter((name) => !known.includes(name));

if (wanted.length === 0 || unknown.length > 0) {
  console.error(
    `expected names out of ${known.join(", ")}, got ${unknown.join(", ") || "none"}: npm run bench -- ${known[0]}`,
  );
  process.exit(2);
}
for (const name of wanted) {
  console.log(`\n# ${name}`);
  const { bench } = (await import(new URL(`${name}.ts`, folder).href)) as {
    bench: (flags: object) => Promise<unknown>;
  };
  await bench(values);
}
