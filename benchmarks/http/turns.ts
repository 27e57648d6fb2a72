import { conclude, type Measured, sampleRounds, type Target } from "../loop/rounds.ts";
import { ContenderProcess } from "./contender-process.ts";
import { bare, type Load, loads, ours, peers } from "./loads.ts";

/** Takes every load: each contender in a process of its own, only one of which runs at a time, in turns; Python's clients beside them. */
export async function* takeTurns(url: string, python: readonly string[]): AsyncGenerator<Measured> {
  for (const name of Object.keys(loads)) yield await takeLoad(name, url, python);
}

async function takeLoad(name: string, url: string, python: readonly string[]): Promise<Measured> {
  const { title, unit, rounds, warmUps, contenders, atMost } = loads[name] as Load; // name is one of the keys
  const processes = [
    ...contenders.map((contender) => ContenderProcess.ofNode(name, contender, url)),
    ...python.map((contender) => ContenderProcess.ofPython(name, contender, url)),
  ];
  try {
    const measure = { title, unit, rounds, warmUps, contenders: processes, targets: targetsOf(atMost) };
    return conclude(
      measure,
      await sampleRounds(measure, (index) => (processes[index] as ContenderProcess).sample()),
    );
  } finally {
    for (const contender of processes) contender.end();
  }
}

function targetsOf(atMost: number): Target[] {
  const target = (baseline: string, ratio: number): Target => ({
    contender: ours,
    statistic: "ratio",
    atMost: ratio,
    baseline,
  });
  return [target(bare, atMost), ...peers.map((peer) => target(peer, 1))];
}
