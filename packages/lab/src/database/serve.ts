import type { DatabaseOptions } from "./options.ts";
import { startDatabase } from "./server.ts";

/** A second Ctrl-C counts from here on: a terminal and npm both pass the first one on. */
const repeatMs = 500;

/**
 * Runs the database as this process until SIGTERM or SIGINT; what the command `overlap serve` does.
 *
 * When it is ready it writes one line to stdout: `{"address":"http://127.0.0.1:40213","port":40213,"pid":7,"file":"/…"}`.
 * A signal ends it cleanly: it stops accepting, finishes what is in service, and closes the file. A further signal ends the
 * process at once; no answered row is lost even then.
 *
 * @returns the exit code: 0 after SIGTERM, 130 after SIGINT.
 * @throws what {@link startDatabase} throws.
 *
 * @example
 * ```ts
 * process.exitCode = await serveDatabase({ port: 8080, delayMs: 100, file: "rows.sqlite" });
 * ```
 */
export async function serveDatabase(options: DatabaseOptions = {}): Promise<number> {
  using interruption = new Interruption();
  await using database = await startDatabase(options);
  const { address, port, file } = database;
  process.stdout.write(`${JSON.stringify({ address, port, pid: process.pid, file })}\n`);
  return (await interruption.first) === "SIGINT" ? 130 : 0;
}

/** Listens for SIGINT and SIGTERM while it is in scope. */
class Interruption implements Disposable {
  /** The first of them. */
  readonly first: Promise<NodeJS.Signals>;
  readonly #listener: (signal: NodeJS.Signals) => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
    let firstMs: number | undefined;
    this.first = promise;
    this.#listener = (signal) => {
      firstMs ??= performance.now();
      resolve(signal);
      if (performance.now() - firstMs > repeatMs) this.#endAtOnce(signal);
    };
    process.on("SIGINT", this.#listener).on("SIGTERM", this.#listener);
  }

  [Symbol.dispose](): void {
    process.off("SIGINT", this.#listener).off("SIGTERM", this.#listener);
  }

  /** Without a listener the signal does what it does to any process. */
  #endAtOnce(signal: NodeJS.Signals): void {
    this[Symbol.dispose]();
    process.kill(process.pid, signal);
  }
}
