import type { SurroundingOptions } from "@overlap/lab";
import { Command } from "commander";
import { positiveIntegers } from "../numbers.ts";
import {
  addExperimentFlags,
  type ExperimentFlags,
  toExperimentOptions,
  toServerLimits,
} from "./experiment-flags.ts";
import { runExperiment } from "./run-experiment.ts";
import { showFindings } from "./show-findings.ts";

interface CrawlFlags extends ExperimentFlags {
  readonly sweep?: number[] | true;
}

const help = `
Strategies:
  serial        one download after the other
  callbacks     every answer calls back, and the callback starts the next download
  futures       a set of pending futures, topped up whenever some are done
  greenlets     a bounded map, results in the order of completion
  client-queue  all requests given to the session at once, which holds them back
  coroutines    a task for each download, a semaphore for the limit, one session
  waves         as many as allowed at once, wait for all of them, then the next: stop-and-go
  async-native  async/await and fetch on Node's own loop
  threads       one request at a time on each worker thread

With --sweep one strategy (coroutines, or the one of --strategy) downloads with more and more in flight; --items and
--concurrency don't count then.

Examples:
  overlap lab crawl --items 1000,serial=20 --concurrency 100 --report overlap-report
  overlap lab crawl --sweep 1,2,5,10,20,50,100,200 --capacity 64 --report overlap-report`;

/** `overlap lab crawl` (S6 to S9). */
export function createCrawlCommand(): Command {
  const command = new Command("crawl").description(
    "download pages from a slow server, in nine ways; find the knee of concurrency",
  );
  return addExperimentFlags(command, "1000,serial=20,threads=200")
    .option(
      "--sweep [levels]",
      "time against concurrency, with its knee (default: 1 to 200)",
      positiveIntegers,
    )
    .addHelpText("after", help)
    .action(crawl);
}

async function crawl(flags: CrawlFlags): Promise<void> {
  if (flags.sweep !== undefined) {
    const findings = await runExperiment(flags, (around) => sweep(flags, around));
    await showFindings("crawl-sweep", findings, flags);
    return;
  }
  const lab = await import("@overlap/lab");
  const options = toExperimentOptions(flags, lab.parseItemsPlan);
  const result = await runExperiment(flags, (around) => lab.runCrawl({ ...options, ...around }));
  await showFindings("crawl", lab.crawlFindings(result), flags);
}

async function sweep(flags: CrawlFlags, around: SurroundingOptions) {
  const { runCrawlSweep, crawlSweepFindings } = await import("@overlap/lab");
  const strategy = flags.strategy?.join(",");
  const result = await runCrawlSweep({
    ...around,
    ...toServerLimits(flags),
    repeat: flags.repeat,
    ...(Array.isArray(flags.sweep) && { levels: flags.sweep }),
    ...(strategy !== undefined && { strategy }),
  });
  return crawlSweepFindings(result);
}
