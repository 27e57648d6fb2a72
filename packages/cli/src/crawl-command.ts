import { Command } from "commander";
import { addExperimentFlags, type ExperimentFlags, toExperimentOptions } from "./experiment-flags.ts";
import { showFindings } from "./experiment-output.ts";
import { runExperiment } from "./run-experiment.ts";

const help = `
Strategies:
  serial      one download after the other
  coroutines  a task for each download, a semaphore for the limit

Example:
  overlap lab crawl --items 1000,serial=20 --concurrency 100 --report overlap-report`;

/** `overlap lab crawl` (S9). */
export function createCrawlCommand(): Command {
  const command = new Command("crawl").description(
    "download pages from a slow server, one by one and overlapped",
  );
  return addExperimentFlags(command, "1000,serial=20").addHelpText("after", help).action(crawl);
}

async function crawl(flags: ExperimentFlags): Promise<void> {
  const lab = await import("@overlap/lab");
  const options = toExperimentOptions(flags, lab.parseItemsPlan);
  const result = await runExperiment(flags, (around) => lab.runCrawl({ ...options, ...around }));
  const findings = {
    json: () => lab.crawlJson(result),
    table: () => lab.crawlTable(result),
    diagnosis: () => lab.crawlDiagnosis(result),
    page: () => lab.crawlPage(result),
  };
  await showFindings("crawl", findings, flags);
}
