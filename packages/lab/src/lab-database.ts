import type { DatabaseOptions } from "./database/options.ts";
import type { DatabaseStats } from "./database/routes.ts";
import { spawnDatabase } from "./database/spawn.ts";
import { DatabaseDiedError } from "./errors.ts";

/** The database an experiment works against: one of its own, or one that runs already. */
export interface LabDatabase extends AsyncDisposable {
  readonly address: string;
  /** CPU its process has used so far, in milliseconds. */
  cpuMs(): Promise<number>;
}

/** A database process of the experiment's own, with these options; or the one that listens at `address`. */
export async function openDatabase(options: DatabaseOptions, address?: string): Promise<LabDatabase> {
  return address === undefined ? await spawnDatabase(options) : await connectDatabase(address);
}

async function connectDatabase(address: string): Promise<LabDatabase> {
  const database: LabDatabase = {
    address: address.replace(/\/$/, ""),
    cpuMs: () => readCpuMs(database.address),
    [Symbol.asyncDispose]: async () => {},
  };
  await database.cpuMs();
  return database;
}

async function readCpuMs(address: string): Promise<number> {
  try {
    const answer = await fetch(`${address}/stats`);
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    return ((await answer.json()) as DatabaseStats).cpuMs;
  } catch (cause) {
    throw new DatabaseDiedError(`no database answers at ${address}; start one with: overlap serve`, {
      cause,
    });
  }
}
