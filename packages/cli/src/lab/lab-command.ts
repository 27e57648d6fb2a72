import { Command } from "commander";
import { createCrawlCommand } from "./crawl-command.ts";
import { createFlagsCommand } from "./flags-command.ts";
import { createHashCommand } from "./hash-command.ts";
import { createLatencyCommand } from "./latency-command.ts";
import { createLabListCommand, type ListedExperiment } from "./list-command.ts";
import { createMemoryCommand } from "./memory-command.ts";
import { createServerCommand } from "./server-command.ts";
import { createSpinnerCommand } from "./spinner-command.ts";
import { createSquaresCommand } from "./squares-command.ts";

/** `overlap lab`: the experiments. */
export function createLabCommand(): Command {
  const experiments: readonly ListedExperiment[] = [
    { systems: "S11", command: createHashCommand() },
    { systems: "S6, S7, S8, S9", command: createCrawlCommand() },
    { systems: "S2, S3, S13", command: createSquaresCommand() },
    { systems: "S5", command: createSpinnerCommand() },
    { systems: "S10", command: createFlagsCommand() },
    { systems: "S14", command: createServerCommand() },
    { systems: "S15", command: createLatencyCommand() },
    { systems: "S16", command: createMemoryCommand() },
  ];
  const lab = new Command("lab").description(
    "measure what each way of writing the program costs, and draw it",
  );
  for (const { command } of experiments) lab.addCommand(command);
  return lab.addCommand(createLabListCommand(experiments));
}
