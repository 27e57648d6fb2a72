import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import type { Measured, Result, Verdict } from "./rounds.ts";

const folder = new URL("../results/", import.meta.url);
const manifest = new URL("../../package.json", import.meta.url);

/** What is written of a benchmark, beside the date. */
export interface Results {
  readonly machine: object;
  /** Before and after. */
  readonly load: object;
  readonly versions: object;
  readonly measured: readonly Measured[];
}

/** Writes `results/NAME.json`, and says how many targets were missed. */
export function writeResults(name: string, results: Results): void {
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${name}.json`, folder);
  writeFileSync(file, `${JSON.stringify({ date: new Date().toISOString(), ...results }, rounded, 2)}\n`);
  const missed = results.measured.flatMap(({ verdicts }) => verdicts).filter(({ met }) => !met);
  console.log(`\n${missed.length === 0 ? "every target met" : `${missed.length} targets missed`}`);
}

/** How busy the machine was. */
export function loadOfLastMinute(): number {
  return loadavg()[0] ?? Number.NaN;
}

/** Where it ran. */
export function describeMachine(): Readonly<Record<string, string | number>> {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

/** The versions of these packages; the manifest pins them exactly. */
export function readVersions(packages: readonly string[]): Readonly<Record<string, string | undefined>> {
  const { devDependencies } = JSON.parse(readFileSync(manifest, "utf8")) as {
    devDependencies: Readonly<Record<string, string>>;
  };
  return Object.fromEntries(packages.map((peer) => [peer, devDependencies[peer]]));
}

/** Prints every contender of a measure and what came of its targets. */
export function print({ title, unit, results, verdicts }: Measured): void {
  console.log(`\n${title}`);
  const first = results[0]?.median ?? Number.NaN;
  for (const result of results)
    console.log(`${resultLine(result, unit)}${results.length > 1 ? ratioTo(first, result) : ""}`);
  for (const verdict of verdicts) console.log(verdictLine(verdict, unit));
}

function resultLine({ name, median, min }: Result, unit: string): string {
  const figures = [median, min].map((figure) => readable(figure).padStart(9));
  return `  ${name.padEnd(52)} ${figures[0]} ${unit}  min ${figures[1]}`;
}

function ratioTo(first: number, { median }: Result): string {
  return `  ${readable(median / first).padStart(7)} ×`;
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
