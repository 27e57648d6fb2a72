import type { Command } from "commander";
import { milliseconds, names, positiveInteger } from "../numbers.ts";
import type { OutputFlags } from "../output-flags.ts";
import { createExperimentCommand } from "./experiment-command.ts";

interface FlagsFlags extends OutputFlags {
  readonly codes?: string[];
  readonly delay: number;
  readonly concurrency: number;
  readonly strategy?: string[];
  readonly save?: string;
}

const help = `
Strategies:
  serial        one flag after the other; saving blocks
  threads       downloads overlap; the blocking save goes to a thread
  non-blocking  downloads overlap; saving waits without blocking

Example:
  overlap lab flags --codes FR,JP,SE --save flags`;

/** `overlap lab flags` (S10). */
export function createFlagsCommand(): Command {
  return createExperimentCommand({
    name: "flags",
    description: "get the flag of each country, show its code, save the file; one by one and overlapped",
    help,
    addFlags: (command) =>
      command
        .option("--codes <codes>", "countries, with commas between (default: all that can be drawn)", names)
        .option("--delay <ms>", "what the server takes for an answer", milliseconds, 100)
        .option("--concurrency <number>", "downloads in flight at most", positiveInteger, 20)
        .option("--strategy <names>", "strategies to run, with commas between (default: all)", names)
        .option("--save <dir>", "keep the files there, in a folder for each strategy"),
    run: async ({ codes, delay, concurrency, strategy, save, quiet }: FlagsFlags, around) => {
      const { runFlags, flagsFindings } = await import("@overlap/lab");
      const result = await runFlags({
        ...around,
        delayMs: delay,
        concurrency,
        ...(codes && { codes: codes.map((code) => code.toUpperCase()) }),
        ...(strategy && { strategies: strategy }),
        ...(save !== undefined && { folder: save }),
        ...(!process.stderr.isTTY && quiet !== true && { onFlag: showCode }),
      });
      return flagsFindings(result);
    },
  });
}

/** Where there is a terminal, the bar moves instead. */
function showCode(code: string): void {
  process.stderr.write(`${code}\n`);
}
