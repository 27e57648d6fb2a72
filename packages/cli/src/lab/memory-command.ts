import type { Command } from "commander";
import { names, positiveInteger } from "../numbers.ts";
import type { OutputFlags } from "../output-flags.ts";
import { createExperimentCommand } from "./experiment-command.ts";

interface MemoryFlags extends OutputFlags {
  readonly count: number;
  readonly threads: number;
  readonly strategy?: string[];
}

const help = `
What is measured:
  promise         a promise that nothing resolves
  future          a Future that nothing completes
  generator       a generator at its first yield
  async function  a native async function that waits
  task            a task whose coroutine waits
  thread          a worker thread that waits for a message

Example:
  overlap lab memory --count 1000000 --strategy task,thread`;

/** `overlap lab memory` (S16). */
export function createMemoryCommand(): Command {
  return createExperimentCommand({
    name: "memory",
    description: "measure the bytes that a suspended coroutine, a promise and a thread take",
    help,
    traced: false,
    addFlags: (command) =>
      command
        .option("--count <number>", "how many of each are made, threads excepted", positiveInteger, 100_000)
        .option("--threads <number>", "how many threads are started", positiveInteger, 8)
        .option("--strategy <names>", "what to measure, with commas between (default: all)", names),
    run: async ({ count, threads, strategy }: MemoryFlags, around) => {
      const { runMemory, memoryFindings } = await import("@overlap/lab");
      const subjects = strategy && { subjects: strategy };
      return memoryFindings(await runMemory({ ...around, count, threads, ...subjects }));
    },
  });
}
