import { existsSync, readFileSync } from "node:fs";
import { describeMachine, loadOfLastMinute, print, readVersions, writeResults } from "./loop/results.ts";
import type { Measured } from "./loop/rounds.ts";
import { hashRows } from "./pipeline/hash-rows.ts";
import { measures } from "./pipeline/measures.ts";
import { takeMemory } from "./pipeline/memory.ts";
import { takeTurns } from "./pipeline/take-turns.ts";

const file = new URL("./results/pipeline.json", import.meta.url);
const peers = ["p-map", "p-queue", "piscina"];

/**
 * The pipeline beside p-map, p-queue, piscina, a bare insert and a plain async loop. Prints medians, minima and ratios beside what is
 * aimed at, and writes `results/pipeline.json`. `PIPELINE_ROWS=overhead,hash-8` takes these rows only, and leaves
 * the others in the file as they are.
 */
export async function bench(): Promise<void> {
  const machine = describeMachine();
  console.log(Object.values(machine).join(", "));
  const before = loadOfLastMinute();
  const wanted = process.env.PIPELINE_ROWS?.split(",") ?? Object.keys(rows);
  const measured: Measured[] = [];
  for (const name of wanted) {
    const taken = (await rows[name]?.()) ?? [];
    for (const each of taken) print(each);
    measured.push(...taken);
  }
  const load = { before, after: loadOfLastMinute() };
  const kept = process.env.PIPELINE_ROWS === undefined ? [] : earlier(measured);
  writeResults("pipeline", {
    machine,
    load,
    versions: readVersions(peers),
    measured: [...kept, ...measured],
  });
}

/** What an earlier run has written of other rows. */
function earlier(taken: readonly Measured[]): readonly Measured[] {
  if (!existsSync(file)) return [];
  const { measured } = JSON.parse(readFileSync(file, "utf8")) as { readonly measured: readonly Measured[] };
  return measured.filter(({ title }) => taken.every((each) => each.title !== title));
}

/** What is measured, by name, in the order in which it is printed. */
const rows: Readonly<Record<string, () => Promise<readonly Measured[]>>> = {
  ...Object.fromEntries(
    Object.entries(measures).map(([name, load]) => [name, async () => [await takeTurns(await load())]]),
  ),
  memory: async () => [await takeMemory()],
  ...hashRows,
};
