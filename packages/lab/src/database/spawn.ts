import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { conditionFlags } from "../condition-flags.ts";
import {
  DatabaseDiedError,
  DatabaseFileError,
  type LabError,
  ListenError,
  OptionError,
  PortInUseError,
} from "../errors.ts";
import type { DatabaseMessage, FailedMessage, ReadyMessage, StartupArgument } from "./messages.ts";
import { type DatabaseOptions, resolveOptions } from "./options.ts";
import type { DatabaseStats } from "./routes.ts";

/** A running database in a process of its own. */
export interface SpawnedDatabase extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:40213`. */
  readonly address: string;
  /** The TCP port of {@link address}. */
  readonly port: number;
  /** Its process. */
  readonly pid: number;
  /** The absolute path of its SQLite file. A temporary one is left behind only when the process is killed. */
  readonly file: string;
  /**
   * CPU time that its process has used, user and system, in milliseconds.
   *
   * @throws {@link DatabaseDiedError} when it doesn't answer.
   */
  cpuMs(): Promise<number>;
  /**
   * Ends it with SIGTERM: it finishes what is in service and closes its file. After five seconds it is killed, which loses no
   * answered row. Calling it again, or after the process has ended by itself, only waits for the end.
   */
  stop(): Promise<void>;
}

/** How long the process may take to finish what is in service before it is killed. */
const graceMs = 5_000;

/** How long a living database may take to answer `/stats`, with ten thousand requests before it. */
const statsMs = 10_000;

/** The end of what the process wrote to stderr, for the error message. */
const keptStderrCharacters = 4_000;

/**
 * Starts an HTTP database as a process of its own and resolves when it is ready. This is how it should run whenever
 * something is measured.
 *
 * The process ends with this one, however this one ends, SIGKILL included; it doesn't keep this one alive, and it ignores
 * Ctrl-C, so that a program can save its last rows before it stops its database.
 *
 * @throws {@link OptionError}, {@link PortInUseError}, {@link ListenError}, {@link DatabaseFileError} as
 * {@link startDatabase} does; {@link DatabaseDiedError} when the process ends before it is ready.
 *
 * @example
 * ```ts
 * await using database = await spawnDatabase({ delayMs: 100 });
 * const answer = await fetch(`${database.address}/add?name=demo`);
 * console.log(await answer.json(), await database.cpuMs());
 * ```
 */
export async function spawnDatabase(options: DatabaseOptions = {}): Promise<SpawnedDatabase> {
  resolveOptions(options);
  const child = fork(entry(), [toArgument(options)], {
    execArgv: conditionFlags(process.execArgv),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const message = await firstMessage(child);
  if (message.kind === "failed") {
    await stopChild(child);
    throw toLabError(message);
  }
  release(child);
  return new DatabaseProcess(child, message);
}

class DatabaseProcess implements SpawnedDatabase {
  readonly address: string;
  readonly port: number;
  readonly file: string;
  readonly pid: number;
  readonly #child: ChildProcess;
  #stopped: Promise<void> | undefined;

  constructor(child: ChildProcess, { address, port, file }: ReadyMessage) {
    this.address = address;
    this.port = port;
    this.file = file;
    // A process that sent a message has an id.
    this.pid = child.pid as number;
    this.#child = child;
  }

  async cpuMs(): Promise<number> {
    try {
      const answer = await fetch(`${this.address}/stats`, { signal: AbortSignal.timeout(statsMs) });
      if (!answer.ok) throw new Error(await answer.text());
      const stats = (await answer.json()) as DatabaseStats;
      return stats.cpuMs;
    } catch (cause) {
      throw new DatabaseDiedError(`the database at ${this.address} (process ${this.pid}) answers no more`, {
        cause,
      });
    }
  }

  stop(): Promise<void> {
    this.#stopped ??= stopChild(this.#child);
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** The compiled program and its sources lie side by side in the same way, but for the ending. */
function entry(): string {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return fileURLToPath(new URL(`./main.${ending}`, import.meta.url));
}

function toArgument(options: DatabaseOptions): string {
  const limited = Object.entries(options).filter(([, value]) => value !== Number.POSITIVE_INFINITY);
  const argument: StartupArgument = Object.fromEntries(limited);
  return JSON.stringify(argument);
}

/** Whether the database is ready or failed; rejects when the process ends and has said neither. */
function firstMessage(child: ChildProcess): Promise<DatabaseMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<DatabaseMessage>();
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-keptStderrCharacters);
  });
  child.once("message", (message) => resolve(message as DatabaseMessage));
  child.once("error", (cause) => reject(diedEarly(cause.message, cause)));
  // "close" comes after "exit" and after the last of stderr.
  child.once("close", (code, signal) =>
    reject(diedEarly(`${signal ?? `exit code ${code}`}: ${stderr.trim()}`)),
  );
  return promise;
}

function diedEarly(reason: string, cause?: Error): DatabaseDiedError {
  const message = `the database's process ended before it was ready (${reason})`;
  return new DatabaseDiedError(message, { cause });
}

function toLabError({ code, message }: FailedMessage): LabError {
  const errors = [OptionError, PortInUseError, ListenError, DatabaseFileError].map(
    (Type) => new Type(message),
  );
  return errors.find((error) => error.code === code) ?? new DatabaseDiedError(message);
}

/** Lets this process end while the database runs. */
function release(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  // A pipe is a socket, which its type doesn't say.
  (child.stderr as unknown as { unref(): void } | null)?.unref();
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await exited;
  clearTimeout(kill);
}
