import { availableParallelism } from "node:os";
import { Command } from "commander";
import { addExperimentFlags, type ExperimentFlags, toExperimentOptions } from "./experiment-flags.ts";
import { showFindings } from "./experiment-output.ts";
import { positiveInteger, wholeNumber } from "./numbers.ts";
import { runExperiment } from "./run-experiment.ts";

interface HashFlags extends ExperimentFlags {
  readonly difficulty: number;
  readonly batchSize: number;
  readonly threads: number;
  readonly seed: number;
}

const help = `
Strategies:
  no-io     hash on the main thread, save nothing
  serial    hash one, save it, wait, then the next
  batch     hash a batch, save it all at once, wait for all, then the next
  async     hash on the main thread while saves are in flight
  overlap   hash on every core, on threads, while saves are in flight

Example:
  overlap lab hash --items 600,serial=60 --difficulty 8 --report overlap-report`;

/** `overlap lab hash` (S11). */
export function createHashCommand(): Command {
  const command = new Command("hash").description(
    "hash strings with bcrypt and save each to a slow HTTP database, in the ways people write it",
  );
  return addExperimentFlags(command, "120,serial=40")
    .option("--difficulty <number>", "bcrypt's cost, 4 to 31; each step doubles the time", positiveInteger, 8)
    .option("--batch-size <number>", "items per batch, for batch", positiveInteger, 100)
    .option("--threads <number>", "threads that hash, for overlap", positiveInteger, availableParallelism())
    .option("--seed <number>", "seed of the strings", wholeNumber, 1)
    .addHelpText("after", help)
    .action(hash);
}

async function hash(flags: HashFlags): Promise<void> {
  const lab = await import("@overlap/lab");
  const { difficulty, batchSize, threads, seed } = flags;
  const options = { ...toExperimentOptions(flags, lab.parseItemsPlan), difficulty, batchSize, threads, seed };
  const result = await runExperiment(flags, (around) => lab.runHash({ ...options, ...around }));
  const findings = {
    json: () => lab.hashJson(result),
    table: () => lab.hashTable(result),
    diagnosis: () => lab.hashDiagnosis(result),
    page: () => lab.hashPage(result),
  };
  await showFindings("hash", findings, flags);
}
