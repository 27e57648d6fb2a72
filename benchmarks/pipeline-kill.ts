import { killJob } from "../test/kill/kill.ts";
import { items, repeatedPerKill, type SinkKind } from "../test/kill/kill-plan.ts";

/** `npm run bench -- pipeline-kill`: the kill test of the pipeline, ten times as long. It measures nothing: it says what was lost. */

const kills = 200;
const seeds: Readonly<Record<SinkKind, number>> = { sqlite: 4, ndjson: 5, http: 6 };

/** Kills a job with each sink, and prints what was saved. @throws when an item was lost, or saved more often than it may. */
export async function bench(): Promise<void> {
  for (const [kind, seed] of Object.entries(seeds)) await killAndPrint(kind as SinkKind, seed);
}

async function killAndPrint(kind: SinkKind, seed: number): Promise<void> {
  const { kills: killed, rows, distinct } = await killJob(kind, kills, seed);
  const most = killed * repeatedPerKill(kind);
  console.log(
    `${kind.padEnd(6)} (seed ${seed}): ${killed} kills, ${distinct} of ${items} items, ${rows - items} repeated (at most ${most})`,
  );
  if (distinct !== items || rows - items > most)
    throw new Error(`the job that saves into ${kind} broke its promise`);
}
