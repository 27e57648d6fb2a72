import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { take } from "./loop/contender-process.ts";
import { measures } from "./loop/measures.ts";
import type { Measured, Result, Verdict } from "./loop/rounds.ts";

const resultsFile = new URL("./results/loop.json", import.meta.url);
const manifest = new URL("../package.json", import.meta.url);
const peers = ["effect", "effection", "p-limit", "p-map", "rolldown"];

/**
 * The loop beside native async functions, Effect, Effection, p-limit and p-map: the contenders of a measure
 * take turns, each in a process of its own; median and minimum of at least ten rounds, and the ratios beside what is aimed at. Writes `results/loop.json`.
 */
export async function bench(): Promise<void> {
  const machine = describeMachine();
  console.log(Object.values(machine).join(", "));
  const loadBefore = loadOfLastMinute();
  const measured: Measured[] = [];
  for (const name of Object.keys(measures)) {
    const result = await take(name);
    measured.push(result);
    print(result);
  }
  const load = { before: loadBefore, after: loadOfLastMinute() };
  const date = new Date().toISOString();
  mkdirSync(new URL("results/", import.meta.url), { recursive: true });
  writeFileSync(
    resultsFile,
    `${JSON.stringify({ date, machine, load, versions: readVersions(), measured }, rounded, 2)}\n`,
  );
  const missed = measured.flatMap(({ verdicts }) => verdicts).filter(({ met }) => !met);
  console.log(`\n${missed.length === 0 ? "every target met" : `${missed.length} targets missed`}`);
}

function loadOfLastMinute(): number {
  return loadavg()[0] ?? Number.NaN;
}

function describeMachine(): Readonly<Record<string, string | number>> {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

/** The manifest pins them exactly. */
function readVersions(): Readonly<Record<string, string | undefined>> {
  const { devDependencies } = JSON.parse(readFileSync(manifest, "utf8")) as {
    devDependencies: Readonly<Record<string, string>>;
  };
  return Object.fromEntries(peers.map((peer) => [peer, devDependencies[peer]]));
}

function print({ title, unit, results, verdicts }: Measured): void {
  console.log(`\n${title}`);
  const first = results[0]?.median ?? Number.NaN;
  for (const result of results) console.log(resultLine(result, unit, first));
  for (const verdict of verdicts) console.log(verdictLine(verdict, unit));
}

function resultLine({ name, median, min }: Result, unit: string, first: number): string {
  const figures = [median, min].map((figure) => readable(figure).padStart(9));
  return `  ${name.padEnd(52)} ${figures[0]} ${unit}  min ${figures[1]}  ${readable(median / first).padStart(7)} ×`;
}

function verdictLine({ contender, atMost, baseline, figure, ofMinima, met }: Verdict, unit: string): string {
  const mark = met ? "✓" : "✗";
  if (ofMinima === undefined)
    return `  ${mark} ${contender}: ${readable(figure)} ${unit} at most, target ≤ ${atMost}`;
  const ratios = `${readable(figure)} × (of the minima ${readable(ofMinima)} ×)`;
  return `  ${mark} ${contender}: ${ratios} ${baseline}, target ≤ ${atMost}`;
}

function readable(figure: number): string {
  return figure.toLocaleString("en", { maximumSignificantDigits: 3 });
}

function round(figure: number): number {
  return Number(figure.toPrecision(4));
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? round(value) : value;
}
