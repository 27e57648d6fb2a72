import { take } from "./loop/contender-process.ts";
import { measures } from "./loop/measures.ts";
import { describeMachine, loadOfLastMinute, print, readVersions, writeResults } from "./loop/results.ts";
import type { Measured } from "./loop/rounds.ts";

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
  writeResults("loop", { machine, load, versions: readVersions(peers), measured });
}
