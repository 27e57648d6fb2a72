import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { spawnDatabase } from "@overlap/lab";
import { ndjson } from "@overlap/pipeline";
import { createRandom } from "../../packages/loop/src/testing/random.ts";
import type { SinkKind } from "./kill-plan.ts";
import { killUntilDone } from "./kill-until-done.ts";

const program = fileURLToPath(new URL("./kill-job.ts", import.meta.url));
/** The sinks alone need longer, so that every life but the last is killed. */
const workMs = 900;

/** What was in the sink after the last life. */
export interface Aftermath {
  readonly kills: number;
  readonly rows: number;
  readonly distinct: number;
}

/** Kills the job so often, resumes it each time, and counts what is there in the end. The moments follow from the seed. */
export async function killJob(kind: SinkKind, kills: number, seed: number): Promise<Aftermath> {
  const folder = await mkdtemp(join(tmpdir(), "overlap-kill-"));
  try {
    const killed = await killIn(folder, kind, kills, seed);
    const numbers = await savedNumbers(folder, kind);
    return { kills: killed, rows: numbers.length, distinct: new Set(numbers).size };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function killIn(folder: string, kind: SinkKind, kills: number, seed: number): Promise<number> {
  const file = join(folder, "server.db");
  await using database = kind === "http" ? await spawnDatabase({ delayMs: 1, jitterMs: 2, file }) : null;
  return await killUntilDone({
    start: () => startJob(kind, folder, database?.address ?? ""),
    kills,
    mostLifeMs: (2 * workMs) / kills,
    random: createRandom(seed),
  });
}

function startJob(kind: SinkKind, folder: string, address: string): ChildProcess {
  return spawn(process.execPath, ["--conditions=@overlap/source", program, kind, folder, address], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function savedNumbers(folder: string, kind: SinkKind): Promise<number[]> {
  if (kind === "sqlite") return readNumbers(join(folder, "out.db"), "SELECT n FROM rows");
  if (kind === "http") return readNumbers(join(folder, "server.db"), "SELECT value AS n FROM rows");
  return (await Array.fromAsync(ndjson<{ n: number }>(join(folder, "out.ndjson")))).map(({ n }) => n);
}

function readNumbers(path: string, query: string): number[] {
  using db = new DatabaseSync(path);
  return db
    .prepare(query)
    .all()
    .map(({ n }) => Number(n));
}
