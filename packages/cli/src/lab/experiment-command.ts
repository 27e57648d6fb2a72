import type { Findings, SurroundingOptions } from "@overlap/lab";
import { Command } from "commander";
import { addOutputFlags, addUntracedOutputFlags, type OutputFlags } from "../output-flags.ts";
import { runExperiment } from "./run-experiment.ts";
import { showFindings } from "./show-findings.ts";

/** An experiment of `overlap lab`: its name, its own flags, and what runs it. */
interface ExperimentCommand<Flags extends OutputFlags, Row> {
  readonly name: string;
  readonly description: string;
  /** Said at the end of its help: what it compares, and an example. */
  readonly help: string;
  /** False when it has no runs that `--trace` could keep. @default true */
  readonly traced?: boolean;
  /** Declares the flags of its own. */
  readonly addFlags: (command: Command) => Command;
  /** Runs it, and gives what it found. */
  readonly run: (flags: Flags, around: SurroundingOptions) => Promise<Findings<Row>>;
}

/** The command of an experiment: its flags, those that all have, progress, a clean end, and its findings. */
export function createExperimentCommand<Flags extends OutputFlags, Row>(
  experiment: ExperimentCommand<Flags, Row>,
): Command {
  const { name, description, help, addFlags, traced = true, run } = experiment;
  const command = addFlags(new Command(name).description(description));
  return (traced ? addOutputFlags : addUntracedOutputFlags)(command)
    .addHelpText("after", help)
    .action(async (flags: Flags) => {
      const findings = await runExperiment(flags, (around) => run(flags, around));
      await showFindings(name, findings, flags);
    });
}
