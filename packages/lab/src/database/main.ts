/* The process of a spawned database: one JSON argument, one message when it is ready, and it never outlives its parent. */
import { LabError } from "../errors.ts";
import type { DatabaseMessage, StartupArgument } from "./messages.ts";
import { type HttpDatabase, startDatabase } from "./server.ts";

/** An orphan finishes what is in service, but no longer than this. */
const orphanMs = 2_000;

/** Resolves when it is told to end, or when nobody is left who could tell. */
function ending(): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  // It may have died while this module was loading.
  if (!process.connected) resolve("disconnected");
  // A Ctrl-C reaches the whole terminal group; the parent may still have rows to save and ends this process itself.
  process.on("SIGINT", () => undefined);
  process.once("SIGTERM", resolve);
  process.once("disconnect", () => {
    setTimeout(() => process.exit(1), orphanMs).unref();
    resolve("disconnect");
  });
  return promise;
}

async function start(): Promise<HttpDatabase | undefined> {
  try {
    const options: StartupArgument = JSON.parse(process.argv[2] ?? "{}");
    return await startDatabase(options);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    await tell({ kind: "failed", code: error.code, message: error.message });
    return undefined;
  }
}

function tell(message: DatabaseMessage): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (process.send === undefined) resolve();
  // Whether the parent still hears it makes no difference here: when it is gone, this process ends.
  else process.send(message, undefined, undefined, () => resolve());
  return promise;
}

const ended = ending();
const database = await start();
if (database !== undefined) {
  const { address, port, file } = database;
  await tell({ kind: "ready", address, port, file });
  await ended;
  await database.close();
}
process.exit();
