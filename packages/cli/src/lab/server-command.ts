import type { Command } from "commander";
import { names, positiveInteger } from "../numbers.ts";
import type { OutputFlags } from "../output-flags.ts";
import { createExperimentCommand } from "./experiment-command.ts";

interface ServerFlags extends OutputFlags {
  readonly heavy: number;
  readonly heavyTime: number;
  readonly light: number;
  readonly slice: number;
  readonly strategy?: string[];
}

const help = `
Strategies, by what a heavy request does:
  waiting      computes nothing and only waits, as for another server
  loop         computes on the loop, in one go
  cooperative  computes on the loop, and lets others run with checkpoint()
  threads      computes on a thread

Example:
  overlap lab server --heavy 2 --heavy-time 5000 --strategy waiting`;

/** `overlap lab server` (S14). */
export function createServerCommand(): Command {
  return createExperimentCommand({
    name: "server",
    description: "send light requests to a server that has heavy ones to answer",
    help,
    addFlags: (command) =>
      command
        .option("--heavy <number>", "heavy requests, all at once", positiveInteger, 2)
        .option("--heavy-time <ms>", "what a heavy request takes alone, about", positiveInteger, 1_500)
        .option("--light <number>", "light requests per second", positiveInteger, 100)
        .option("--slice <ms>", "how long cooperative computes between checkpoints", positiveInteger, 50)
        .option("--strategy <names>", "strategies to run, with commas between (default: all)", names),
    run: async ({ heavy, heavyTime, light, slice, strategy }: ServerFlags, around) => {
      const { runServer, serverFindings } = await import("@overlap/lab");
      const result = await runServer({
        ...around,
        heavy,
        heavyMs: heavyTime,
        lightPerSecond: light,
        sliceMs: slice,
        ...(strategy && { modes: strategy }),
      });
      return serverFindings(result);
    },
  });
}
