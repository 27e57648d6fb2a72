import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { measures } from "./measures.ts";
import { conclude, type Measured, sampleRounds } from "./rounds.ts";

const childFile = new URL("./child.ts", import.meta.url).pathname;

/** Takes the measure of this name: every contender in a process of its own, only one of which runs at a time. */
export async function take(name: string): Promise<Measured> {
  const measure = await measures[name]?.();
  if (measure === undefined) throw new Error(`expected a measure, got ${name}`);
  const children = new Map<number, ChildProcess>();
  try {
    const samples = await sampleRounds(measure, async (index) => {
      const child = children.get(index) ?? start(name, index);
      if (measure.isFresh !== true) children.set(index, child);
      const figure = await ask(child);
      if (measure.isFresh === true) child.disconnect();
      return figure;
    });
    return conclude(measure, samples);
  } finally {
    for (const child of children.values()) child.disconnect();
  }
}

function start(name: string, index: number): ChildProcess {
  return fork(childFile, [name, String(index)], { execArgv: ["--expose-gc", ...process.execArgv] });
}

async function ask(child: ChildProcess): Promise<number> {
  const answered = new AbortController();
  const { signal } = answered;
  child.send("sample");
  const ended = once(child, "exit", { signal }).then(([code]) => {
    throw new Error(`a contender ended with ${code}`);
  });
  try {
    const [figure] = await Promise.race([once(child, "message", { signal }), ended]);
    return figure;
  } finally {
    answered.abort();
  }
}
