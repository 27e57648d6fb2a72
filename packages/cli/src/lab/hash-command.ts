import { availableParallelism } from "node:os";
import { Command } from "commander";
import { positiveInteger, positiveIntegers, wholeNumber } from "../numbers.ts";
import { addExperimentFlags, type ExperimentFlags, toExperimentOptions } from "./experiment-flags.ts";
import { runExperiment } from "./run-experiment.ts";
import { showFindings } from "./show-findings.ts";

interface HashFlags extends ExperimentFlags {
  readonly difficulty: number[];
  readonly batchSize: number;
  readonly threads: number;
  readonly seed: number;
}

const help = `
Strategies:
  no-io         hash on the main thread, save nothing
  file-io       hash on the main thread, write each into a file
  serial        hash one, save it, wait, then the next
  threads-only  the serial program on several threads
  batch         hash a batch, save it all at once, wait for all, then the next: a synchronous program
  async         hash on the main thread while saves are in flight
  async-native  the same with async/await and fetch on Node's own loop
  overlap       hash on every core, on threads, while saves are in flight

With several difficulties the page has a figure of run time against the time of one iteration. With 25 items its
timelines show each hash and each save. With --rate 100 saving is the bound, and batches only queue.

Examples:
  overlap lab hash --items 600,serial=60 --difficulty 8 --report overlap-report
  overlap lab hash --difficulty 8,10,11,12 --items 16,serial=6 --report overlap-report
  overlap lab hash --rate 100 --difficulty 6 --items 200,serial=50 --strategy serial,batch,async,overlap`;

/** `overlap lab hash` (S11). */
export function createHashCommand(): Command {
  const command = new Command("hash").description(
    "hash strings with bcrypt and save each to a slow HTTP database, in the ways people write it",
  );
  return addExperimentFlags(command, "120,serial=40,threads-only=40")
    .option(
      "--difficulty <numbers>",
      "bcrypt's cost, 4 to 31; each step doubles the time; several with commas between",
      positiveIntegers,
      [8],
    )
    .option("--batch-size <number>", "items per batch, for batch", positiveInteger, 100)
    .option(
      "--threads <number>",
      "threads that hash, for overlap and threads-only",
      positiveInteger,
      availableParallelism(),
    )
    .option("--seed <number>", "seed of the strings", wholeNumber, 1)
    .addHelpText("after", help)
    .action(hash);
}

async function hash(flags: HashFlags): Promise<void> {
  const lab = await import("@overlap/lab");
  const { difficulty: difficulties, batchSize, threads, seed } = flags;
  const options = { ...toExperimentOptions(flags, lab.parseItemsPlan), batchSize, threads, seed };
  const [difficulty = 8, ...others] = difficulties;
  if (others.length > 0) {
    const series = await runExperiment(flags, (around) =>
      lab.runHashSeries({ ...options, ...around, difficulties }),
    );
    await showFindings("hash", lab.hashSeriesFindings(series), flags);
    return;
  }
  const result = await runExperiment(flags, (around) => lab.runHash({ ...options, ...around, difficulty }));
  await showFindings("hash", lab.hashFindings(result), flags);
}
