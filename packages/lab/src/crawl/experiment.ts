import { Session } from "@overlap/http";
import type { Coroutine } from "@overlap/loop";
import type { Trace } from "@overlap/trace";
import { chooseStrategies } from "../choose-strategies.ts";
import { itemsOf } from "../items-plan.ts";
import { type LabDatabase, openDatabase } from "../lab-database.ts";
import { type Runs, runInterleaved } from "../repeat.ts";
import { runStrategy, type StrategyRun } from "../run-strategy.ts";
import { coroutines } from "./coroutines.ts";
import { type CrawlOptions, type ResolvedCrawlOptions, resolveCrawlOptions } from "./options.ts";
import { serial } from "./serial.ts";
import type { CrawlStrategy } from "./strategy.ts";

/** The ways of writing the crawler, slowest first. */
export const crawlStrategies: readonly CrawlStrategy[] = [serial, coroutines];

/** One run of one strategy. */
export interface CrawlRun extends StrategyRun {
  /** Bytes of all bodies. */
  readonly bytes: number;
  /** Downloads that brought no page: an error, or a status other than 2xx. */
  readonly failed: number;
}

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
  resolved.signal?.throwIfAborted();
  await using database = await openDatabase({ delayMs: resolved.delayMs }, resolved.address);
  const runs = await runInterleaved(strategies, resolved, (strategy) =>
    runOnce(strategy, resolved, database),
  );
  return { options: resolved, runs };
}

/** The time in which a server that only waits could have answered: every slot busy from start to end. */
export function crawlIdealMs({ options }: CrawlResult, items: number): number {
  return Math.ceil(items / options.concurrency) * options.delayMs;
}

async function runOnce(
  strategy: CrawlStrategy,
  options: ResolvedCrawlOptions,
  database: LabDatabase,
): Promise<CrawlRun> {
  const { concurrency, signal, onProgress } = options;
  const items = itemsOf(options.plan, strategy.name);
  await using session = new Session({ limit: concurrency });
  const tally = { bytes: 0, failed: 0, done: 0 };
  const run = await runStrategy({
    strategy: strategy.name,
    items,
    signal,
    serverCpuMs: () => database.cpuMs(),
    work: (trace) => () =>
      strategy.run({
        items,
        concurrency,
        *download(item) {
          yield* download(
            session,
            `${database.address}/add?name=crawl-${strategy.name}-${item}`,
            trace,
            tally,
          );
          onProgress?.({ strategy: strategy.name, done: ++tally.done, items });
        },
      }),
  });
  return { ...run, bytes: tally.bytes, failed: tally.failed };
}

function* download(
  session: Session,
  url: string,
  trace: Trace,
  tally: { bytes: number; failed: number },
): Coroutine<void> {
  const startMs = trace.now();
  const response = yield* session.get(url);
  tally.bytes += (yield* response.bytes()).byteLength;
  if (!response.ok) tally.failed++;
  trace.span("download", "io", "download", startMs, trace.now(), response.ok);
}
