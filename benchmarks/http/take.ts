import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { type Measure, measures } from "./measures.ts";

const childFile = new URL("./child.ts", import.meta.url).pathname;
const warmUps = 2;

/** How a contender did, over all rounds. */
export interface Result {
  readonly name: string;
  readonly median: number;
  readonly min: number;
  /** Of the median to that of the first contender. */
  readonly ratio: number;
  /** The same of the minima, which other work on the machine can't raise. */
  readonly ratioOfMinima: number;
}

/** What one measure found. */
export interface Measured {
  readonly title: string;
  readonly unit: string;
  readonly rounds: number;
  readonly results: readonly Result[];
  readonly target: string;
  readonly met: boolean;
}

/** Takes a measure: every contender in a process of its own, only one of which runs at a time, in turns. */
export async function take(name: string, url: string): Promise<Measured> {
  const measure = measures[name];
  if (measure === undefined) throw new Error(`expected a measure, got ${name}`);
  const children = measure.contenders.map((contender) =>
    fork(childFile, [name, contender, url], { execArgv: [...process.execArgv] }),
  );
  const samples: number[][] = measure.contenders.map(() => []);
  try {
    for (let round = -warmUps; round < measure.rounds; round++) {
      for (const [i, child] of children.entries()) {
        const figure = await ask(child);
        if (process.env.BENCH_DEBUG) console.error(measure.contenders[i], round, figure);
        if (round >= 0) samples[i]?.push(figure);
      }
    }
  } finally {
    for (const child of children) child.kill();
  }
  return conclude(measure, samples);
}

async function ask(child: ChildProcess): Promise<number> {
  child.send("sample");
  const [figure] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [unknown];
  if (typeof figure !== "number") throw new Error("a contender ended");
  return figure;
}

function conclude(measure: Measure, samples: readonly (readonly number[])[]): Measured {
  const medians = samples.map(medianOf);
  const minima = samples.map((figures) => Math.min(...figures));
  const results = measure.contenders.map((name, i) => ({
    name,
    median: medians[i] ?? Number.NaN,
    min: minima[i] ?? Number.NaN,
    ratio: (medians[i] ?? Number.NaN) / (medians[0] ?? Number.NaN),
    ratioOfMinima: (minima[i] ?? Number.NaN) / (minima[0] ?? Number.NaN),
  }));
  const { title, unit, rounds, target, aheadOf } = measure;
  return {
    title,
    unit,
    rounds,
    results,
    target: `${target.contender} ≤ ${target.ratio} × bare dispatch, ahead of ${aheadOf.join(", ")}`,
    met: isMet(measure, results),
  };
}

function isMet({ target, aheadOf }: Measure, results: readonly Result[]): boolean {
  const judged = results.find(({ name }) => name === target.contender);
  if (judged === undefined) return false;
  const behind = results.some(({ name, median }) => aheadOf.includes(name) && median <= judged.median);
  return Math.min(judged.ratio, judged.ratioOfMinima) <= target.ratio && !behind;
}

function medianOf(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
