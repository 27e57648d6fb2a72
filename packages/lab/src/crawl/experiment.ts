import { chooseStrategies } from "../choose-strategies.ts";
import { itemsOf } from "../items-plan.ts";
import { openDatabase } from "../lab-database.ts";
import { type Runs, runInterleaved } from "../repeat.ts";
import { databaseOptions, fewestServerMs } from "../server-limits.ts";
import { type CrawlOptions, type ResolvedCrawlOptions, resolveCrawlOptions } from "./options.ts";
import { type CrawlRun, runCrawlOnce } from "./run-once.ts";
import { crawlStrategies } from "./strategies.ts";

/** What the experiment found. */
export interface CrawlResult {
  readonly options: ResolvedCrawlOptions;
  /** All runs of each strategy, in the order of the experiment. */
  readonly runs: readonly Runs<CrawlRun>[];
}

/**
 * Downloads many pages from a server that takes its time, once in each of several ways (S9).
 *
 * @throws OptionError; DatabaseDiedError; HttpError when the server cannot be reached any more; `signal.reason`.
 */
export async function runCrawl(options: CrawlOptions = {}): Promise<CrawlResult> {
  const resolved = resolveCrawlOptions(options);
  const strategies = chooseStrategies(crawlStrategies, resolved.strategies, resolved.plan);
  const { plan, concurrency, signal, onProgress } = resolved;
  signal?.throwIfAborted();
  await using database = await openDatabase(databaseOptions(resolved), resolved.address);
  const runs = await runInterleaved(strategies, resolved, async (strategy) => {
    const { name: label } = strategy;
    const items = itemsOf(plan, label);
    return await runCrawlOnce(strategy, { items, concurrency, database, signal, onProgress, label });
  });
  return { options: resolved, runs };
}

/** The time in which a server that only waits could have answered: every slot busy from start to end. */
export function crawlIdealMs({ options }: CrawlResult, items: number): number {
  return fewestServerMs(items, options.concurrency, options);
}
