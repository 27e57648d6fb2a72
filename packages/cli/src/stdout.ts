import { StdoutError } from "./errors.ts";

/** Nobody reads what the command prints any more, as after `| head`: the quiet end of a run. */
export class StdoutClosed extends Error {
  override readonly name = "StdoutClosed";
}

/**
 * Prints results. Done when the reader, or the system on its behalf, has taken them.
 *
 * @throws StdoutClosed when the reader has gone; StdoutError for what is no good end, such as a full disk.
 */
export function print(text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (process.stdout.listenerCount("error", ignore) === 0) process.stdout.on("error", ignore);
  process.stdout.write(text, (error) => (error ? reject(toPrintError(error)) : resolve()));
  return promise;
}

/** Every write hears of its own error; without a listener the event would end the process. */
function ignore(): void {}

function toPrintError(error: NodeJS.ErrnoException): Error {
  if (error.code === "EPIPE") return new StdoutClosed(error.message, { cause: error });
  return new StdoutError(`cannot write to stdout: ${error.message}`, { cause: error });
}
