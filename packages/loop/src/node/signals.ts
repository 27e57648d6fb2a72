import { constants } from "node:os";
import { currentLoop } from "../current.ts";
import { describeValue, expectDuration, InvalidArgumentError } from "../errors.ts";
import { type RunOptions, run } from "../run.ts";
import type { TaskFunction } from "../start.ts";
import { reportDeadlockAtExit } from "./deadlock-report.ts";
import { SignalError } from "./errors.ts";
import { longestDelayMs } from "./longest-delay.ts";

/** Options of `withSignals`. */
export interface SignalOptions extends RunOptions {
  /** Milliseconds, at least 0, that the main task and its children have to end in after the first signal. @default 5_000 */
  readonly graceMs?: number;
  /** The signals that ask the program to end. @default ["SIGINT", "SIGTERM"] */
  readonly signals?: readonly NodeJS.Signals[];
}

/**
 * Runs a program's main task like `run`, and ends it in order when the process is asked to end:
 *
 * 1. the first signal cancels the main task with a `SignalError`, and sets the exit code, 130 for SIGINT or 143 for SIGTERM;
 * 2. if it has not ended within `graceMs`, the tasks that are left are printed and the process ends;
 * 3. a second signal ends the process at once.
 *
 * It also reports a deadlock, as `reportDeadlockAtExit` does. The signals are the process's own again when the main task has ended.
 * Signals reach the main thread only, and only between two steps: a long computation or `runBlocking` keeps them waiting.
 *
 * @throws what `run` throws; the `SignalError` when a signal ended the main task. If nobody catches that, the exit code stays the
 * signal's. InvalidArgumentError.
 * @example
 * await withSignals(function* () {
 *   try {
 *     yield* crawl(urls);
 *   } finally {
 *     yield* save(); // also after Ctrl-C
 *   }
 * });
 */
export async function withSignals<T>(
  main: TaskFunction<T>,
  { graceMs = 5_000, signals = ["SIGINT", "SIGTERM"], signal, ...options }: SignalOptions = {},
): Promise<T> {
  expectDuration("graceMs", graceMs);
  for (const name of signals) expectSignal(name);
  using stop = new SignalStop(signals, graceMs);
  using _deadlock = reportDeadlockAtExit();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  return await run(main, { ...options, signal: either });
}

/** Listens to signals while it lasts. */
class SignalStop implements Disposable {
  readonly #stop = new AbortController();
  readonly #signals: readonly NodeJS.Signals[];
  readonly #graceMs: number;
  #grace: NodeJS.Timeout | undefined;

  constructor(signals: readonly NodeJS.Signals[], graceMs: number) {
    this.#signals = signals;
    this.#graceMs = graceMs;
    for (const name of signals) process.on(name, this.#onSignal);
  }

  /** Fires at the first signal, with a `SignalError`. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#grace);
    for (const name of this.#signals) process.off(name, this.#onSignal);
  }

  readonly #onSignal = (name: NodeJS.Signals): void => {
    const reason = new SignalError(name, 128 + constants.signals[name]);
    if (this.#stop.signal.aborted) process.exit(reason.exitCode);
    process.exitCode ??= reason.exitCode;
    keepExitCode(reason);
    this.#grace = setTimeout(() => this.#giveUp(reason), Math.min(this.#graceMs, longestDelayMs)).unref();
    this.#stop.abort(reason);
  };

  #giveUp(reason: SignalError): void {
    const message = `still not done ${this.#graceMs} ms after ${reason.signal}; what is left is dropped:`;
    process.stderr.write(`overlap: ${message}\n${currentLoop().describe()}\n`);
    process.exit(reason.exitCode);
  }
}

/** Node ends with 1 when nobody catches an error, also when that error is the answer to a signal. */
function keepExitCode(reason: SignalError): void {
  process.once("uncaughtExceptionMonitor", (error) => {
    if (error !== (reason as Error)) return;
    process.once("exit", () => {
      process.exitCode = reason.exitCode;
    });
  });
}

function expectSignal(name: NodeJS.Signals): void {
  if (name in constants.signals && name !== "SIGKILL" && name !== "SIGSTOP") return;
  throw new InvalidArgumentError(
    `expected the name of a signal that can be caught, got ${describeValue(name)}`,
  );
}
