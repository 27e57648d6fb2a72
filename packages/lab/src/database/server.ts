import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { FastifyInstance } from "fastify";
import { createApp } from "./app.ts";
import { type BoundAddress, listen } from "./listen.ts";
import { type DatabaseOptions, resolveOptions } from "./options.ts";
import { addRoutes } from "./routes.ts";
import { AddService } from "./service.ts";
import { openStore, type Store } from "./store.ts";

/** A running database in this process. */
export interface HttpDatabase extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:40213`. */
  readonly address: string;
  /** The TCP port of {@link address}. */
  readonly port: number;
  /** The absolute path of its SQLite file. */
  readonly file: string;
  /**
   * Ends it: stops accepting and closes idle connections at once, answers those who wait in the queue 503, finishes and
   * answers what is in service, and then closes the file. Calling it again waits for the same end.
   */
  close(): Promise<void>;
}

/** How long the last answers may take to leave, once all are written, before their connections are cut. */
const flushMs = 250;

/**
 * Starts an HTTP database in this process, for tests and for trying out. What is measured should run as a process of
 * its own, so that it doesn't share the event loop with its client: {@link spawnDatabase}.
 *
 * It resolves when the database listens. Whoever starts it closes it.
 *
 * @throws {@link OptionError} for an option outside its range, {@link PortInUseError}, {@link ListenError},
 * {@link DatabaseFileError}.
 *
 * @example
 * ```ts
 * await using database = await startDatabase({ delayMs: 100, capacity: 10 });
 * const answer = await fetch(`${database.address}/add?name=demo`, { method: "POST", body: "hello" });
 * console.log(await answer.json()); // { id: 1, name: "demo", value: "hello", time: 1753776000000 }
 * ```
 */
export async function startDatabase(options: DatabaseOptions = {}): Promise<HttpDatabase> {
  const resolved = resolveOptions(options);
  const { file, remove } = placeOf(resolved.file);
  let store: Store | undefined;
  try {
    store = openStore(file);
    const service = new AddService(resolved, store);
    const app = createApp();
    addRoutes(app, { service, store, delayMs: resolved.delayMs });
    const bound = await listen(app, resolved);
    return new RunningDatabase(bound, { app, service, store, file, remove });
  } catch (error) {
    store?.close();
    remove();
    throw error;
  }
}

interface Parts {
  readonly app: FastifyInstance;
  readonly service: AddService;
  readonly store: Store;
  readonly file: string;
  readonly remove: () => void;
}

class RunningDatabase implements HttpDatabase {
  readonly address: string;
  readonly port: number;
  readonly file: string;
  readonly #parts: Parts;
  #closed: Promise<void> | undefined;

  constructor({ address, port }: BoundAddress, parts: Parts) {
    this.address = address;
    this.port = port;
    this.file = parts.file;
    this.#parts = parts;
  }

  close(): Promise<void> {
    this.#closed ??= closeParts(this.#parts);
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * 1. Nobody new: the listening socket and the idle connections are closed, the queue is answered.
 * 2. What is in service is stored and answered, each with `connection: close`.
 * 3. Connections that still don't end (never used, or of a client that doesn't read) are cut.
 * 4. The file is closed, and removed when it is temporary.
 */
async function closeParts({ app, service, store, remove }: Parts): Promise<void> {
  const emptied = service.close();
  const closed = app.close();
  await emptied;
  const cut = setTimeout(() => app.server.closeAllConnections(), flushMs);
  await closed;
  clearTimeout(cut);
  store.close();
  remove();
}

function placeOf(file: string | undefined): { file: string; remove: () => void } {
  if (file !== undefined) return { file: resolve(file), remove: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), "overlap-database-"));
  return {
    file: join(folder, "database.sqlite"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
