import type { Command } from "commander";
import { names, positiveInteger } from "../numbers.ts";
import type { OutputFlags } from "../output-flags.ts";
import { createExperimentCommand } from "./experiment-command.ts";

interface SpinnerFlags extends OutputFlags {
  readonly slow: number;
  readonly frame: number;
  readonly strategy?: string[];
}

const help = `
Strategies:
  thread     the call blocks; a worker thread turns, and looks at a stop flag
  coroutine  the call waits on the loop; a coroutine turns, and is cancelled
  frozen     the call blocks; a coroutine should turn, and cannot

On a terminal the spinner is drawn.

Example:
  overlap lab spinner --slow 5000 --strategy thread,coroutine`;

/** `overlap lab spinner` (S5). */
export function createSpinnerCommand(): Command {
  return createExperimentCommand({
    name: "spinner",
    description: "turn a spinner while a slow call goes on: on a thread, and in a coroutine",
    help,
    addFlags: (command) =>
      command
        .option("--slow <ms>", "what the slow call takes", positiveInteger, 2_000)
        .option("--frame <ms>", "time between two frames", positiveInteger, 100)
        .option("--strategy <names>", "strategies to run, with commas between (default: all)", names),
    run: async ({ slow, frame, strategy, quiet }: SpinnerFlags, around) => {
      const { runSpinner, spinnerFindings } = await import("@overlap/lab");
      const result = await runSpinner({
        ...around,
        slowMs: slow,
        frameMs: frame,
        ...(strategy && { strategies: strategy }),
        ...(process.stderr.isTTY && quiet !== true && { terminal: process.stderr.fd }),
      });
      return spinnerFindings(result);
    },
  });
}
