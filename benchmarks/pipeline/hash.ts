import { availableParallelism } from "node:os";
import { Session } from "@overlap/http";
import { type SpawnedDatabase, spawnDatabase } from "@overlap/lab";
import { pipeline, threadFunction } from "@overlap/pipeline";
import PQueue from "p-queue";
import { Piscina } from "piscina";
import { hashText } from "../../packages/lab/src/hash/hash-text.ts";
import { type Elapsed, ownWallMs, startStopwatch } from "./stopwatch.ts";

const delayMs = 100;
const concurrency = 100;
const threads = availableParallelism();
const module = new URL("../../packages/lab/src/hash/hash-text.ts", import.meta.url);

/** So many texts, hashed that hard. */
export interface HashLoad {
  readonly items: number;
  readonly difficulty: number;
}

interface Request {
  readonly text: string;
  readonly difficulty: number;
}
type Post = (row: { readonly text: string; readonly hash: string }) => Promise<unknown>;
type Program = (requests: readonly Request[], post: Post) => Promise<unknown>;

/** The job as a user would write it. */
const overlap: Program = (requests, post) =>
  pipeline(requests)
    .cpu(
      "hash",
      threadFunction<typeof import("../../packages/lab/src/hash/hash-text.ts"), "hashText">(
        module,
        "hashText",
      ),
      {
        threads,
      },
    )
    .to(post, { name: "save", concurrency })
    .run();

/** A queue that is not filled further than need be, and a pool of threads. */
const queueAndPool: Program = async (requests, post) => {
  await using pool = new Piscina({
    filename: module.href,
    name: "hashText",
    minThreads: threads,
    maxThreads: threads,
  });
  const queue = new PQueue({ concurrency });
  for (const request of requests) {
    await queue.onSizeLessThan(concurrency);
    void queue.add(async () => await post(await pool.run(request)));
  }
  await queue.onIdle();
};

/** No library: hash on the loop, save while the next one is hashed. */
const plainLoop: Program = async (requests, post) => {
  const saving = new Set<Promise<unknown>>();
  for (const request of requests) {
    if (saving.size >= concurrency) await Promise.race(saving);
    const save = post(hashText(request)).finally(() => saving.delete(save));
    saving.add(save);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(saving);
};

export const programs = {
  overlap,
  "p-queue + piscina": queueAndPool,
  "plain async loop": plainLoop,
} as const;

/** How one run did. */
export interface HashFigures {
  readonly program: string;
  readonly items: number;
  readonly difficulty: number;
  readonly wallMs: number;
  /** Less what other processes had of the cores. */
  readonly ownWallMs: number;
  /** The least time in which all cores could hash, and the database store, these items. */
  readonly boundMs: number;
  readonly timesBound: number;
  /** (client + server CPU) / (cores × (wall − delay)). */
  readonly busyShare: number;
}

/** Runs each of these programs on the load, against a database of its own process. @throws when a row is missing. */
export async function runHashes(
  names: readonly (keyof typeof programs)[],
  load: HashLoad,
): Promise<HashFigures[]> {
  await using database = await spawnDatabase({ delayMs });
  const cpuMsPerItem = calibrate(load.difficulty);
  const figures: HashFigures[] = [];
  for (const name of names) figures.push(await runOne(name, load, database, cpuMsPerItem));
  return figures;
}

async function runOne(
  name: keyof typeof programs,
  { items, difficulty }: HashLoad,
  database: SpawnedDatabase,
  cpuMsPerItem: number,
): Promise<HashFigures> {
  await using session = new Session({ limit: concurrency });
  const rows = `${name}-${difficulty}`;
  const url = `${database.address}/add?name=${encodeURIComponent(rows)}`;
  const requests = Array.from({ length: items }, (_, i) => ({ text: `text number ${i}`, difficulty }));
  const serverBeforeMs = await database.cpuMs();
  const stopwatch = startStopwatch();
  await programs[name](requests, async ({ text, hash }) => {
    const response = await session.post(url, { body: `${text} ${hash}` });
    if (!response.ok) throw new Error(`the database answered ${response.status}`);
  });
  const elapsed = stopwatch();
  const serverMs = (await database.cpuMs()) - serverBeforeMs;
  const { count } = await (
    await session.get(`${database.address}/count?name=${encodeURIComponent(rows)}`)
  ).json<{ count: number }>();
  if (count !== items) throw new Error(`${name}: ${count} of ${items} rows were saved`);
  return { program: name, items, difficulty, ...toFigures(elapsed, serverMs, items, cpuMsPerItem) };
}

function toFigures(elapsed: Elapsed, serverMs: number, items: number, cpuMsPerItem: number) {
  const { wallMs, cpuMs } = elapsed;
  const own = ownWallMs(elapsed, serverMs);
  const savingMs = Math.ceil(items / concurrency) * delayMs;
  const boundMs = Math.max((cpuMsPerItem * items) / threads, savingMs) + delayMs;
  const busyShare = (cpuMs + serverMs) / (threads * (own - delayMs));
  return { wallMs, ownWallMs: own, boundMs, timesBound: own / boundMs, busyShare };
}

/** CPU of one hash on the main thread. */
function calibrate(difficulty: number): number {
  const hashes = Math.max(4, 2 ** (13 - difficulty));
  const before = process.threadCpuUsage();
  for (let i = 0; i < hashes; i++) hashText({ text: `calibration ${i}`, difficulty });
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000 / hashes;
}
