import type { Command } from "commander";
import { milliseconds, names, positiveInteger } from "../numbers.ts";
import type { OutputFlags } from "../output-flags.ts";
import { createExperimentCommand } from "./experiment-command.ts";

interface SquaresFlags extends OutputFlags {
  readonly calls: number;
  readonly delay: number;
  readonly strategy?: string[];
  readonly clocked?: boolean;
}

const help = `
Strategies:
  serial     one call after the other
  callbacks  every call returns at once and calls back
  futures    every call returns a future at once; then all are gathered
  tasks      a task for each call, written like the serial one

Example:
  overlap lab squares --delay 1000 --strategy callbacks --clocked`;

/** `overlap lab squares` (S2, S3, S13). */
export function createSquaresCommand(): Command {
  return createExperimentCommand({
    name: "squares",
    description: "make ten calls to a slow server: one by one, with callbacks, futures, tasks",
    help,
    addFlags: (command) =>
      command
        .option("--calls <number>", "calls of each strategy", positiveInteger, 10)
        .option("--delay <ms>", "what the server takes for an answer", milliseconds, 300)
        .option("--strategy <names>", "strategies to run, with commas between (default: all)", names)
        .option("--clocked", "write a line for each call: how long it took, its arguments, its result"),
    run: async ({ calls, delay, strategy, clocked }: SquaresFlags, around) => {
      const { runSquares, squaresFindings } = await import("@overlap/lab");
      const result = await runSquares({
        ...around,
        calls,
        delayMs: delay,
        ...(strategy && { strategies: strategy }),
        ...(clocked === true && { onCall: (line) => process.stderr.write(`${line}\n`) }),
      });
      return squaresFindings(result);
    },
  });
}
