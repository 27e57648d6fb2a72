import { describeMachine, loadOfLastMinute, print, readVersions, writeResults } from "./loop/results.ts";
import type { Measured } from "./loop/rounds.ts";
import { measureHashes } from "./pipeline/hash-rows.ts";
import { measures } from "./pipeline/measures.ts";
import { takeMemory } from "./pipeline/memory.ts";
import { takeTurns } from "./pipeline/take-turns.ts";

const peers = ["p-map", "p-queue", "piscina"];

/**
 * The pipeline beside p-map, p-queue, piscina, a bare insert and a plain async loop. Prints medians, minima and ratios beside what is
 * aimed at, and writes `results/pipeline.json`. `PIPELINE_ROWS=overhead,hash` takes these rows only, and writes nothing.
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
  if (process.env.PIPELINE_ROWS === undefined)
    writeResults("pipeline", { machine, load, versions: readVersions(peers), measured });
}

/** What is measured, by name, in the order in which it is printed. */
const rows: Readonly<Record<string, () => Promise<readonly Measured[]>>> = {
  ...Object.fromEntries(
    Object.entries(measures).map(([name, load]) => [name, async () => [await takeTurns(await load())]]),
  ),
  memory: async () => [await takeMemory()],
  hash: measureHashes,
};
