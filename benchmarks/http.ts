import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { promisify } from "node:util";
import { measures } from "./http/measures.ts";
import { type Figure, takeFigures } from "./http/memory-and-hosts.ts";
import { startServer } from "./http/server.ts";
import { type Measured, take } from "./http/take.ts";

const resultsFile = new URL("./results/http.json", import.meta.url);
const manifest = new URL("../package.json", import.meta.url);
const peers = ["undici", "p-limit", "p-map", "got"];
const pythonPeers = ["aiohttp", "tornado", "gevent"];

/**
 * The session beside bare dispatch, undici.request, node's fetch and got, on one server process: the contenders take turns, each in
 * a process of its own. Prints medians, minima and ratios beside what is aimed at, and writes `results/http.json`.
 */
export async function bench(): Promise<void> {
  const machine = { cpu: cpus()[0]?.model.trim(), cores: availableParallelism(), node: process.version };
  console.log(Object.values(machine).join(", "));
  const loadBefore = loadavg();
  const server = await startServer();
  const measured: Measured[] = [];
  let figures: readonly Figure[];
  try {
    for (const name of Object.keys(measures)) {
      measured.push(await take(name, server.url));
      print(measured.at(-1) as Measured); // pushed just now
    }
    figures = await takeFigures(server.url);
  } finally {
    server.end();
  }
  for (const figure of figures) printFigure(figure);
  const python = await findPython();
  for (const [name, found] of Object.entries(python)) console.log(`  ${name.padEnd(28)} ${found}`);
  const load = { before: loadBefore, after: loadavg() };
  const date = new Date().toISOString();
  const results = { date, machine, load, versions: readVersions(), measured, figures, python };
  writeFileSync(resultsFile, `${JSON.stringify(results, rounded, 2)}\n`);
}

function print({ title, unit, rounds, results, target, met }: Measured): void {
  console.log(`\n${title} (${rounds} rounds)`);
  for (const { name, median, min, ratio, ratioOfMinima } of results) {
    const figures = `${median.toFixed(1).padStart(8)} ${unit}  min ${min.toFixed(1).padStart(8)}`;
    const ratios = `${ratio.toFixed(2).padStart(6)} ×  of the minima ${ratioOfMinima.toFixed(2).padStart(5)} ×`;
    console.log(`  ${name.padEnd(28)} ${figures}  ${ratios}`);
  }
  console.log(`  ${met ? "✓" : "✗"} ${target}`);
}

function printFigure({ title, unit, figure, atMost, met }: Figure): void {
  console.log(`\n${title}\n  ${met ? "✓" : "✗"} ${Number(figure.toPrecision(3))} ${unit}, at most ${atMost}`);
}

/** The manifest pins them exactly. */
function readVersions(): Readonly<Record<string, string | undefined>> {
  const { devDependencies } = JSON.parse(readFileSync(manifest, "utf8")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  return Object.fromEntries(peers.map((peer) => [peer, devDependencies[peer]]));
}

/** The notes' own clients; where they are not installed the row says so. */
async function findPython(): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const name of pythonPeers) found[name] = await versionOf(name);
  return found;
}

async function versionOf(module: string): Promise<string> {
  try {
    const program = `import importlib.metadata as m; print(m.version("${module}"))`;
    const { stdout } = await promisify(execFile)("python3", ["-c", program]);
    return `${stdout.trim()} is installed, but has no contender here`;
  } catch {
    return "not installed";
  }
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(5)) : value;
}
