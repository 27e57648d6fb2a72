import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { DatabaseDiedError } from "./errors.ts";

/** A server of an experiment on a thread of its own, with an event loop of its own. */
export interface ServerThread extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:40213`. */
  readonly address: string;
}

/** What such a thread sends when it listens. */
export interface ListeningMessage {
  readonly port: number;
}

/**
 * Starts a module as a server thread: it gets `data` as its `workerData`, and sends a {@link ListeningMessage} when it listens on the
 * loopback address. Disposing of it ends the thread and every connection.
 *
 * @throws DatabaseDiedError when it ends before it listens.
 */
export async function startServerThread(module: URL, data: unknown): Promise<ServerThread> {
  const worker = new Worker(module, { workerData: data });
  const exited = once(worker, "exit").then(() => {
    throw new DatabaseDiedError(`the server ${module.pathname} ended before it listened`);
  });
  exited.catch(() => {}); // it also ends when it is told to
  const [message] = (await Promise.race([once(worker, "message"), exited])) as [ListeningMessage];
  return {
    address: `http://127.0.0.1:${message.port}`,
    [Symbol.asyncDispose]: async () => {
      await worker.terminate();
    },
  };
}
