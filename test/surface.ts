/**
 * `npm run surface`: packs every package as npm would publish it, and lets publint and "are the types wrong" judge the
 * result. One line per package; exits 1 when one of them finds something. Needs `npm run build` first.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { root } from "./repository/workspace.ts";

/** What `npm pack --json` says of a package. */
interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly size: number;
  readonly entryCount: number;
}

const execute = promisify(execFile);

/** It exports nothing but its package.json; a test runs its command instead. */
const commandOnly = "@overlap/cli";

const folder = await mkdtemp(join(tmpdir(), "overlap-surface-"));
try {
  const packages = (await pack(folder)).filter(({ name }) => name !== commandOnly);
  const found = await Promise.all(packages.map(async (one) => ({ ...one, problems: await problemsOf(one) })));
  for (const { name, size, entryCount, problems } of found) {
    const verdict = problems.length === 0 ? "no problems" : `problems:\n${problems.join("\n")}`;
    console.log(`${name.padEnd(18)} ${entryCount} files, ${Math.ceil(size / 1024)} KiB packed, ${verdict}`);
  }
  if (found.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

async function pack(destination: string): Promise<readonly Packed[]> {
  const args = ["pack", "--workspaces", "--ignore-scripts", "--json", "--pack-destination", destination];
  const { stdout } = await execute("npm", args, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout);
}

async function problemsOf({ filename }: Packed): Promise<readonly string[]> {
  const tarball = join(folder, filename);
  const [lint, types] = await Promise.all([publintProblems(tarball), attwProblems(tarball)]);
  return [...lint, ...types];
}

/** Warnings count as errors; mere suggestions don't. */
async function publintProblems(tarball: string): Promise<readonly string[]> {
  const { buffer } = Uint8Array.from(await readFile(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true, level: "warning" });
  return messages.map(
    (message) => `  publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`,
  );
}

/**
 * The packages are ESM only, for Node 24 and bundlers, so the profile leaves out `require` and the resolution of
 * Node 10. No other rule is ignored: the export condition of our own, first in `exports`, disturbs none of them.
 */
function attwProblems(tarball: string): Promise<readonly string[]> {
  const attw = join(
    dirname(fileURLToPath(import.meta.resolve("@arethetypeswrong/cli/package.json"))),
    "dist/index.js",
  );
  const args = [attw, tarball, "--profile", "esm-only", "--no-color", "--no-emoji", "--format", "ascii"];
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  execFile(process.execPath, args, (error, stdout, stderr) => {
    const lines = `${stdout}${stderr}`
      .split("\n")
      .filter((line) => line.trim() !== "" && !line.includes("(ignored"));
    resolve(error ? lines.map((line) => `  attw: ${line}`) : []);
  });
  return promise;
}
