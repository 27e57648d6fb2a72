import type { CrawlOptions, ItemsPlan, ServerLimitOptions } from "@overlap/lab";
import type { Command } from "commander";
import { milliseconds, names, positiveInteger, positiveNumber } from "../numbers.ts";
import { addOutputFlags, type OutputFlags } from "../output-flags.ts";

/** Flags that every experiment against the HTTP database has. */
export interface ExperimentFlags extends OutputFlags {
  readonly items: string;
  readonly strategy?: string[];
  readonly concurrency: number;
  readonly delay: number;
  readonly jitter?: number;
  readonly capacity?: number;
  readonly rate?: number;
  readonly repeat: number;
  readonly address?: string;
}

/** Declares those flags; `items` is the default plan. */
export function addExperimentFlags(command: Command, items: string): Command {
  return addOutputFlags(command)
    .option("--items <plan>", "items of each strategy; name=number for exceptions", items)
    .option("--strategy <names>", "strategies to run, with commas between (default: all)", names)
    .option("--concurrency <number>", "requests in flight at most", positiveInteger, 100)
    .option("--delay <ms>", "what the database takes for an answer", milliseconds, 100)
    .option("--jitter <ms>", "random time added to each answer, at most (default: none)", milliseconds)
    .option("--capacity <number>", "requests it serves at once (default: no limit)", positiveInteger)
    .option("--rate <number>", "answers it gives per second (default: no limit)", positiveNumber)
    .option(
      "--repeat <number>",
      "runs of each, interleaved, after a warm-up; the table shows medians",
      positiveInteger,
      1,
    )
    .option(
      "--address <url>",
      "use a database that runs already (default: one of its own, in its own process)",
    );
}

/** What every such experiment can be told. */
type ExperimentOptions = Pick<CrawlOptions, "plan" | "strategies" | "concurrency" | "repeat"> &
  ServerLimitOptions;

/** The flags as options of an experiment. */
export function toExperimentOptions(
  flags: ExperimentFlags,
  parsePlan: (text: string) => ItemsPlan,
): ExperimentOptions {
  return {
    plan: parsePlan(flags.items),
    concurrency: flags.concurrency,
    repeat: flags.repeat,
    ...(flags.strategy && { strategies: flags.strategy }),
    ...toServerLimits(flags),
  };
}

/** The flags that say how slow and how narrow the database is. */
export function toServerLimits(flags: ExperimentFlags): ServerLimitOptions {
  const { delay, jitter, capacity, rate, address } = flags;
  return {
    delayMs: delay,
    ...(jitter !== undefined && { jitterMs: jitter }),
    ...(capacity !== undefined && { capacity }),
    ...(rate !== undefined && { ratePerSecond: rate }),
    ...(address !== undefined && { address }),
  };
}
