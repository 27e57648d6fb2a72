import { exitCodes } from "./exit-codes.ts";
import { say } from "./status-line.ts";

/** The reason that a command's signal carries when a person, or the system, asked it to end. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

const signals = ["SIGINT", "SIGTERM"] as const;

/**
 * Gives `work` a signal that fires at the first Ctrl-C (or SIGTERM), of which a person is told `notice`. The work then has
 * `graceMs` to end in order; after that, or at the second Ctrl-C, the process exits at once.
 */
export async function untilInterrupted<T>(
  graceMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  notice = "what was saved stays saved",
): Promise<T> {
  const abort = new AbortController();
  let deadline: NodeJS.Timeout | undefined;
  const interrupt = (name: NodeJS.Signals) => {
    if (abort.signal.aborted) process.exit(exitCodes.interrupted);
    say(`overlap: interrupted by ${name}; ${notice}`);
    abort.abort(new Interrupted(name));
    deadline = setTimeout(() => process.exit(exitCodes.interrupted), graceMs);
  };
  for (const name of signals) process.on(name, interrupt);
  try {
    return await work(abort.signal);
  } catch (error) {
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    clearTimeout(deadline);
    for (const name of signals) process.off(name, interrupt);
  }
}
