import { Command } from "commander";
import { createCrawlCommand } from "./crawl-command.ts";
import { createFlagsCommand } from "./flags-command.ts";
import { createHashCommand } from "./hash-command.ts";
import { createServerCommand } from "./server-command.ts";
import { createSpinnerCommand } from "./spinner-command.ts";
import { createSquaresCommand } from "./squares-command.ts";

/** `overlap lab`: the experiments. */
export function createLabCommand(): Command {
  return new Command("lab")
    .description("measure what each way of writing the program costs, and draw it")
    .addCommand(createHashCommand())
    .addCommand(createCrawlCommand())
    .addCommand(createSquaresCommand())
    .addCommand(createSpinnerCommand())
    .addCommand(createFlagsCommand())
    .addCommand(createServerCommand());
}
