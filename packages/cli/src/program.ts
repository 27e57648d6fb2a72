import { readFileSync } from "node:fs";
import { Command } from "commander";
import { createFetchCommand } from "./fetch/fetch-command.ts";
import { createLabCommand } from "./lab/lab-command.ts";
import { createReportCommand } from "./report-command.ts";
import { createRunCommand } from "./run/run-command.ts";
import { createServeCommand } from "./serve-command.ts";

const description = `Runs I/O-heavy work at the speed of its bottleneck, and shows where the time went.

  overlap fetch URLS     very many URLs at once: a line for each, bodies saved, killed and resumed
  overlap run JOB.ts     a job: for each of N items fetch, compute, save; nothing lost, and resume
  overlap lab hash       hash on every core while saving to a slow database, against the ways people write it
  overlap lab list       all experiments: what asynchronous I/O buys, and what it costs
  overlap report TRACE   say where the time of a recorded run went, and compare two
  overlap serve          a slow HTTP database to try it on

Results go to stdout, progress and messages to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.`;

/** The whole command line. `exitWith` hears of a code other than 0 that a command ends with in good order. */
export function createProgram(exitWith: (code: number) => void): Command {
  const program = new Command("overlap")
    .description(description)
    .version(readVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .showHelpAfterError("(overlap --help lists what there is)")
    .exitOverride();
  program.addCommand(createFetchCommand(exitWith));
  program.addCommand(createRunCommand(exitWith));
  program.addCommand(createServeCommand(exitWith));
  program.addCommand(createLabCommand());
  program.addCommand(createReportCommand());
  for (const command of allCommands(program))
    command.exitOverride().showHelpAfterError("(add --help for the options)");
  return program;
}

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

function readVersion(): string {
  const file = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
