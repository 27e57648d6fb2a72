import type { Measured, Verdict } from "../loop/rounds.ts";
import { type HashFigures, type HashLoad, programs, runHashes } from "./hash.ts";
import { mostRounds } from "./take-turns.ts";

/** What a load is to take at most, as a multiple of its bound. */
interface HashTarget extends HashLoad {
  readonly timesBound: number;
  readonly rounds: number;
  readonly names: readonly (keyof typeof programs)[];
}

const everyone = Object.keys(programs) as (keyof typeof programs)[];
const targets: readonly HashTarget[] = [
  { items: 600, difficulty: 8, timesBound: 1.1, rounds: 3, names: everyone },
  { items: 400, difficulty: 10, timesBound: 1.05, rounds: 1, names: ["overlap"] },
  { items: 200, difficulty: 11, timesBound: 1.05, rounds: 1, names: ["overlap"] },
  { items: 100, difficulty: 12, timesBound: 1.05, rounds: 1, names: ["overlap"] },
];
const leastBusyShare = 0.97;

/** Hash and save at each difficulty, with each program in turn, and with what the machine left of its cores. */
export const hashRows: Readonly<Record<string, () => Promise<readonly Measured[]>>> = Object.fromEntries(
  targets.map((target) => [`hash-${target.difficulty}`, () => measureHashes(target)]),
);

async function measureHashes(target: HashTarget): Promise<readonly Measured[]> {
  const runs: HashFigures[] = [];
  const rounds = Math.min(target.rounds, mostRounds);
  for (let round = 0; round < rounds; round++) runs.push(...(await runHashes(target.names, target)));
  const wall = wallOf({ ...target, rounds }, runs);
  const asItWas = uncorrectedOf({ ...target, rounds }, runs);
  return target.difficulty === 8 ? [asItWas, wall, shareOf({ ...target, rounds }, runs)] : [asItWas, wall];
}

function wallOf(
  { items, difficulty, timesBound, rounds, names }: HashTarget,
  runs: readonly HashFigures[],
): Measured {
  const results = names.map((name) => summary(name, runs, (run) => run.timesBound));
  const figure = results[0]?.median ?? Number.NaN;
  const verdict: Verdict = {
    contender: "overlap",
    statistic: "max",
    atMost: timesBound,
    figure,
    met: figure <= timesBound,
  };
  return {
    title: `hash and save, ${items} × difficulty ${difficulty}: wall`,
    unit: "× bound",
    rounds,
    results,
    verdicts: [verdict],
  };
}

/** What the clock said: to compare programs with each other, which the correction can't do on a machine that others need too. */
function uncorrectedOf(
  { items, difficulty, rounds, names }: HashTarget,
  runs: readonly HashFigures[],
): Measured {
  const results = names.map((name) => summary(name, runs, (run) => run.wallMs / run.boundMs));
  const title = `hash and save, ${items} × difficulty ${difficulty}: wall, with what others had of the cores`;
  return { title, unit: "× bound", rounds, results, verdicts: [] };
}

/** Turned round, so that less is better: cores × (wall − delay) for each millisecond of CPU. */
function shareOf({ items, difficulty, rounds, names }: HashTarget, runs: readonly HashFigures[]): Measured {
  const results = names.map((name) => summary(name, runs, (run) => 1 / run.busyShare));
  const figure = results[0]?.median ?? Number.NaN;
  const atMost = 1 / leastBusyShare;
  const verdict: Verdict = { contender: "overlap", statistic: "max", atMost, figure, met: figure <= atMost };
  const title = `hash and save, ${items} × difficulty ${difficulty}: cores × (wall − delay), to the CPU of client and server`;
  return { title, unit: "×", rounds, results, verdicts: [verdict] };
}

function summary(name: string, runs: readonly HashFigures[], figureOf: (run: HashFigures) => number) {
  const figures = runs
    .filter((run) => run.program === name)
    .map(figureOf)
    .toSorted((a, b) => a - b);
  return {
    name,
    median: figures[figures.length >> 1] ?? Number.NaN,
    min: figures[0] ?? Number.NaN,
    max: figures.at(-1) ?? Number.NaN,
  };
}
